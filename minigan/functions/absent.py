"""Names of torch and torch.Tensor that are not here, each with what to write in its place."""

from __future__ import annotations

import sys
from typing import NoReturn

from minigan.autograd.tensor import Tensor
from minigan.checks import absent

_SEED = (
    "there is no hidden generator: pass generator=0 (or a numpy.random.Generator) to each function "
    "that draws, such as minigan.randn(2, generator=0) and nn.Linear(2, 3, generator=0)"
)
_TYPED = (
    "write minigan.tensor(data, dtype=minigan.{0}), minigan.empty(64, 1, dtype=minigan.{0}) for a "
    "size, and x.{0}() to convert"
)
_HOOK = (
    "there are no hooks: call y.retain_grad() and read y.grad after backward, or step through "
    "minigan.Tape(loss).backward()"
)
_NO_COMPLEX = "there are no complex tensors"
_LINALG = "compute on the array, as numpy.linalg.svd(x.numpy()); it has no gradient"
_FUNCTIONAL = "write minigan.nn.functional.{}"

_NAMES = {
    **dict.fromkeys(("manual_seed", "seed", "initial_seed", "random", "Generator"), _SEED),
    **dict.fromkeys(("get_rng_state", "set_rng_state"), _SEED),
    "FloatTensor": _TYPED.format("float"),
    "DoubleTensor": _TYPED.format("double"),
    "HalfTensor": _TYPED.format("half"),
    "LongTensor": _TYPED.format("long"),
    "IntTensor": _TYPED.format("int"),
    "ShortTensor": _TYPED.format("short"),
    "CharTensor": _TYPED.format("char"),
    "ByteTensor": _TYPED.format("byte"),
    "BoolTensor": _TYPED.format("bool"),
    "set_default_dtype": "pass dtype= to the functions that make tensors, and call model.double()",
    "set_default_tensor_type": "pass dtype= and device= to the functions that make tensors",
    "set_default_device": (
        "pass device= to the functions that make tensors, and call model.to(device)"
    ),
    "get_default_dtype": "it is minigan.float32",
    "bfloat16": "NumPy has no bfloat16; write minigan.float16 or minigan.float32",
    **dict.fromkeys(("complex", "complex64", "complex128", "real", "imag"), _NO_COMPLEX),
    "fft": _NO_COMPLEX + "; use numpy.fft on x.numpy()",
    **dict.fromkeys(("linalg", "svd", "inverse", "det", "qr", "cholesky", "pinverse"), _LINALG),
    "distributions": "write z = mu + sigma * minigan.randn_like(mu, generator=rng)",
    "multiprocessing": "use Python's multiprocessing: tensors and models can be sent",
    "distributed": "one process computes on all cores; minigan.set_num_threads sets how many",
    "onnx": "from minigan import exchange; exchange.save_onnx(model, shape, path)",
    "jit": "nothing is compiled; call the function or model itself",
    "compile": "nothing is compiled; call the function or model itself",
    "vmap": "give the function a batch",
    "func": "use minigan.grad(outputs, inputs, create_graph=True)",
    "backends": (
        "leave it out: NumPy has no such switches; same seed, same bits, on any number of threads"
    ),
    "use_deterministic_algorithms": "every function here is deterministic",
    "is_inference_mode_enabled": "write minigan.is_grad_enabled()",
    "set_printoptions": "use numpy.set_printoptions",
    "amp": "use float32, or model.half()",
    "autocast": "use float32, or model.half()",
    "sparse": "there are no sparse tensors",
    "hub": "load the weights: model.load_state_dict(minigan.load(path))",
    **{
        name: _FUNCTIONAL.format(name)
        for name in ("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d",
                     "conv_transpose3d", "dropout", "batch_norm", "layer_norm", "embedding",
                     "pixel_shuffle", "cosine_similarity", "leaky_relu", "selu", "celu", "prelu",
                     "pairwise_distance", "binary_cross_entropy_with_logits", "max_pool2d")
    },
}  # fmt: skip
_ATTRIBUTES = {
    **dict.fromkeys(("register_hook", "register_post_accumulate_grad_hook"), _HOOK),
    **dict.fromkeys(("storage", "untyped_storage", "set_"), "write x.numpy(), x.data = y"),
    "pin_memory": "leave it out: memory is not pinned",
    "share_memory_": "leave it out: a tensor is copied to another process when it is sent",
    "bfloat16": "NumPy has no bfloat16; write .half() or .float()",
    "ctypes": "write x.numpy().ctypes",
    "astype": "write x.to(dtype)",
    "copy": "write x.clone()",
    "new": "write x.new_empty(sizes), or x.new_tensor(data)",
    "apply_": "write a function of the whole tensor",
    "ptp": "write x.max() - x.min()",
    "fill": "write x.fill_(value)",
    "append": "write minigan.cat([x, y])",
    "is_sparse": "there are no sparse tensors",
    "real": _NO_COMPLEX,
    "imag": _NO_COMPLEX,
    "unfold": "write nn.functional.unfold, or slices",
    "svd": _LINALG,
    "inverse": _LINALG,
    "det": _LINALG,
}


def no_name(name: str) -> NoReturn:
    """Raise AttributeError for a name that minigan does not have."""
    raise absent("minigan", name, _NAMES)


class AbsentModules:
    """A finder of modules that are not here: `import minigan.distributions` says what to write.

    Python asks the finders in `sys.meta_path`, one after the other; this one comes last and finds
    nothing. If an import statement asks for a module for which its package has a hint, it raises
    ModuleNotFoundError. `importlib.util.find_spec`, which asks if there is a module, gets None.
    """

    @staticmethod
    def find_spec(fullname: str, path: object = None, target: object = None) -> None:
        """Return None. Raises ModuleNotFoundError with a hint if an import needs one."""
        if sys._getframe(2).f_code.co_name != "_find_and_load_unlocked":  # that of an import
            return
        package, _, name = fullname.rpartition(".")
        if package.partition(".")[0] != "minigan" or package not in sys.modules:
            return
        try:
            getattr(sys.modules[package], name)
        except AttributeError as error:
            _, colon, hint = str(error).partition(f"{name!r}: ")
            if colon:
                raise ModuleNotFoundError(f"cannot import {fullname!r}: {hint}") from None


class Absent:
    """An attribute of torch.Tensor that Tensor does not have; reading it says what to write.

    (A method `__getattr__` would make every access to an attribute of a Tensor slower.)
    """

    def __init__(self, name: str, instead: str) -> None:
        self.name, self.instead = name, instead

    def __get__(self, input: Tensor | None, kind: type) -> NoReturn:
        raise AttributeError(
            f"{kind.__name__!r} object has no attribute {self.name!r}: {self.instead}"
        )


ATTRIBUTES = {name: Absent(name, instead) for name, instead in _ATTRIBUTES.items()}
