"""archdb: neural network architectures as layer rows, and everything derived from them."""

__version__ = "0.1.0"
