"""Ranks on two hosts: network namespaces with addresses and names of their own, on one machine."""

import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from test_cli_ranks import MPIEXEC, ROOT, lines_of, mpi

from minigan import runs

LIMIT = 40.0  # seconds from the cut of a host to the end of all processes
ADDRESSES = ("10.77.0.1", "10.77.0.2")
AGENT = """#!/bin/sh
shift  # the address, which is that of the second host
exec ip netns exec {second} unshare --uts sh -c "hostname {second}; $*"
"""


def ip(*words):
    """Run the command `ip`. Raises CalledProcessError or OSError if it cannot be run."""
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=20)


@pytest.fixture
def hosts(tmp_path):
    """Return the command that runs mpiexec on the first of two hosts, and their names."""
    names = [f"mg{os.getpid()}{end}" for end in "ab"]
    links = [f"mgl{os.getpid() % 10**6}{end}" for end in "ab"]
    made = []
    try:
        try:
            for name in names:
                ip("netns", "add", name)
                made.append(name)
            first, second = (
                ("name", link, "netns", n) for link, n in zip(links, names, strict=True)
            )
            ip("link", "add", *first, "type", "veth", "peer", *second)
            for name, link, address in zip(names, links, ADDRESSES, strict=True):
                ip("-n", name, "addr", "add", f"{address}/24", "dev", link)
                ip("-n", name, "link", "set", "lo", "up")
                ip("-n", name, "link", "set", link, "up")
            subprocess.run(["unshare", "--uts", "true"], check=True, capture_output=True)
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"needs `ip netns`, `unshare` and the privileges for them: {error}")
        agent = tmp_path / "agent.sh"
        agent.write_text(AGENT.format(second=names[1]))
        agent.chmod(0o755)
        mpiexec = [
            *(MPIEXEC, "-n", "2", "--host", ",".join(f"{address}:1" for address in ADDRESSES)),
            *("--prtemca", "plm_ssh_agent", str(agent)),
            *("--mca", "btl_tcp_if_include", "10.77.0.0/24"),
        ]
        inside = f"hostname {names[0]}; exec {shlex.join(mpiexec)} "
        yield (
            ["ip", "netns", "exec", names[0], "unshare", "--uts", "sh", "-c", inside],
            names,
            links,
        )
    finally:
        for name in made:
            with suppress(subprocess.SubprocessError):
                ip("netns", "del", name)


def start(hosts, words, folder):
    """Start a training on both hosts."""
    command = [*hosts[0][:-1], hosts[0][-1] + shlex.join([sys.executable, "-m", "minigan", *words])]
    with (folder / "errors.txt").open("w") as errors:
        return subprocess.Popen(
            command, cwd=folder, env=os.environ | ROOT, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
        )  # fmt: skip


def on(name):
    """Return the processes on a host."""
    found = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True).stdout
    return [int(pid) for pid in found.split() if state(pid) not in ("Z", None)]


def state(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return None


@mpi
def test_two_hosts_train_one_run(hosts, tmp_path):
    words = ["--data", "ring8", "--latent", "3", "--batch", "9", "--steps", "12"]
    with start(hosts, ["train", "gan", *words, "--out", "r"], tmp_path) as process:
        out, _ = process.communicate(timeout=100)
    errors = lines_of((tmp_path / "errors.txt").read_text())
    assert process.returncode == 0, errors
    assert [line for line in errors if line.startswith("minigan")] == []
    assert out.splitlines()[-1] == "next: minigan evaluate r"
    assert runs.load(tmp_path / "r")[1].number == 12


@mpi
def test_a_host_that_is_cut_off_ends_the_training_on_both(hosts, tmp_path):
    words = ["--data", "ring8", "--latent", "3", "--batch", "9", "--steps", "1900"]
    log = tmp_path / "r" / "log.jsonl"
    with start(hosts, ["train", "gan", *words, "--out", "r"], tmp_path) as process:
        try:
            while not (log.exists() and log.stat().st_size > 500):
                assert process.poll() is None, (tmp_path / "errors.txt").read_text()
                time.sleep(0.05)
            assert all(len(on(name)) > 1 for name in hosts[1])
            ip("-n", hosts[1][1], "link", "set", hosts[2][1], "down")
            until = time.monotonic() + LIMIT
            while time.monotonic() < until and (process.poll() is None or any(map(on, hosts[1]))):
                time.sleep(0.1)
            left = [pid for name in hosts[1] for pid in on(name)]
            code = process.poll()
        finally:
            for pid in [pid for name in hosts[1] for pid in on(name)]:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
    assert left == [] and code not in (0, None)
    own = [line for line in lines_of((tmp_path / "errors.txt").read_text()) if "minigan: " in line]
    assert len(own) == 1 and "nothing was heard from rank 1 for 8 s; the last" in own[0]
    assert own[0].endswith("continue with --resume r")
    runs.load(tmp_path / "r")
