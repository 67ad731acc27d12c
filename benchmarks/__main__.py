"""`python -m benchmarks NAME`: one module a measurement."""

import argparse

from benchmarks import bits, gpu_check, steps


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="NAME")
    for module in (steps, bits, gpu_check):
        command = commands.add_parser(module.__name__.rpartition(".")[2], help=(module.__doc__ or "").splitlines()[0])
        module.options(command)
        command.set_defaults(run=module.main)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
