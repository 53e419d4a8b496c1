# The numerics of bench/numerics.ts in numpy, one thread. Reads "KERNEL SIZE..." lines, answers each with milliseconds per call.
import sys
import time

import numpy as np

SECONDS = 0.5
random = np.random.default_rng(1)


def eigen(k):
    a = random.standard_normal((k, k))
    a = a + a.T
    return lambda: np.linalg.eigh(a)


def covariance(k, m):
    w = random.standard_normal((k, m))

    def call():
        centred = w - w.mean(axis=0)
        return centred @ centred.T / m

    return call


def step(m, b):
    """The gradient of a batch, drawn from its law as core/problem/gmrf-regression.ts draws it, and the step."""
    truth = random.standard_normal(m)
    w = np.zeros(m)

    def call():
        error = w - truth
        r = np.sqrt(error @ error)
        along = random.standard_normal(b)
        e = r * along - random.standard_normal(b)
        z = random.standard_normal(m)
        scale = np.sqrt(e @ e) / b
        z *= scale
        direction = error / r
        z += ((along @ e) / b - direction @ z) * direction
        w[:] = w - 0.001 * z

    return call


KERNELS = {"eigen": eigen, "covariance": covariance, "step": step}


def milliseconds(call):
    call()
    calls, start = 0, time.perf_counter()
    while (took := time.perf_counter() - start) < SECONDS:
        call()
        calls += 1
    return 1e3 * took / max(calls, 1)


for line in sys.stdin:
    name, *sizes = line.split()
    print(milliseconds(KERNELS[name](*map(int, sizes))), flush=True)
