"""`python -m benchmarks NAME`: one module a measurement."""

import argparse

from benchmarks import (
    autoencoders,
    bits,
    fuzz,
    gpu_check,
    kills,
    kills_of_ranks,
    memory,
    modes,
    mutation,
    ops,
    overhead,
    pacgan,
    planted,
    ranks,
    scaling,
    steps,
    trace,
)


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="NAME")
    for module in (
        steps,
        trace,
        ops,
        overhead,
        scaling,
        ranks,
        memory,
        bits,
        gpu_check,
        autoencoders,
        modes,
        pacgan,
        mutation,
        planted,
        fuzz,
        kills,
        kills_of_ranks,
    ):
        about = module.__doc__ or ""
        command = commands.add_parser(
            module.__name__.rpartition(".")[2], help=about.splitlines()[0], description=about
        )
        module.options(command)
        command.set_defaults(run=module.main)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
