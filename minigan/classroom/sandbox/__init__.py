"""The sandbox: each part of a submission runs in a process of its own, with limits.

`launcher`, `links` and `places` are the grader's side. `zygote`, `child`, `standin`, `audit` and
`isolation` run in the submission's process, where the rest of the package is not to be found; there
this package is called `sandbox`. `wire` is used on both sides.
"""
