"""The table of ops: what each states for some inputs, in arithmetic that can be seen.

A new op adds its rows to its family's module; test_ops holds every op to them. Extents are
distinct primes wherever nothing must divide, so that no two factors can be taken for each other.
"""

from op_cases import (
    activation,
    arithmetic,
    axes,
    convolution,
    dense,
    joining,
    moving,
    normalization,
    pooling,
    products,
    recurrent,
    reduction,
    resampling,
    sampling,
    sequence,
    shaping,
)

CASES = [
    *joining.CASES,
    *convolution.CASES,
    *dense.CASES,
    *pooling.CASES,
    *resampling.CASES,
    *shaping.CASES,
    *moving.CASES,
    *normalization.CASES,
    *activation.CASES,
    *arithmetic.CASES,
    *reduction.CASES,
    *products.CASES,
    *axes.CASES,
    *sampling.CASES,
    *recurrent.CASES,
    *sequence.CASES,
]
