"""The window routine against windows that are laid down one by one."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from archdb.errors import ShapeError
from archdb.model.window import Window

sizes = st.integers(1, 40)
kernels = st.integers(1, 7)
strides = st.integers(1, 5)
dilations = st.integers(1, 4)
pads = st.integers(0, 4)


def touched(start: int, kernel: int, dilation: int) -> range:
    """The input positions that a window touches; the input begins at 0."""
    return range(start, start + kernel * dilation, dilation)


def laid(size: int, kernel: int, stride: int, dilation: int, pad: tuple[int, int]) -> list[range]:
    """All windows that stand wholly on the input and its padding."""
    found = []
    start = -pad[0]
    while touched(start, kernel, dilation)[-1] < size + pad[1]:
        found.append(touched(start, kernel, dilation))
        start += stride
    return found


def one_axis(size: int, window: Window) -> int:
    """How many windows archdb counts on a map of one column."""
    return window.slide(size, 1)[0]


def tall(
    kernel: int,
    stride: int,
    dilation: int = 1,
    pad: tuple[int, int] | str = (0, 0),
    rounding: str = "floor",
) -> Window:
    """A window of width 1."""
    padding = pad if isinstance(pad, str) else (*pad, 0, 0)
    return Window((kernel, 1), (stride, 1), padding, (dilation, 1), rounding)


@given(sizes, kernels, strides, dilations, st.tuples(pads, pads))
def test_floor_counts_the_windows_that_stand_wholly_on_the_padded_map(
    size: int, kernel: int, stride: int, dilation: int, pad: tuple[int, int]
) -> None:
    windows = laid(size, kernel, stride, dilation, pad)
    assume(windows)
    assert one_axis(size, tall(kernel, stride, dilation, pad)) == len(windows)


@given(sizes, kernels, strides, dilations, st.tuples(pads, pads))
def test_ceil_adds_the_window_that_hangs_over_unless_it_begins_beyond_the_map(
    size: int, kernel: int, stride: int, dilation: int, pad: tuple[int, int]
) -> None:
    windows = laid(size, kernel, stride, dilation, pad)
    assume(windows)
    assume(max(pad) < kernel)  # so that no window stands on padding alone
    if windows[-1][-1] < size + pad[1] - 1:
        following = touched(windows[-1][0] + stride, kernel, dilation)
        windows += [following] if following[0] < size else []
    assert one_axis(size, tall(kernel, stride, dilation, pad, "ceil")) == len(windows)


def test_ceil_drops_a_last_window_that_would_begin_beyond_the_map() -> None:
    # (4 + 1 + 1 - 2) / 3 = 1.33, rounded up to 2: windows at -1, 2 and 5, the last one beyond
    assert one_axis(4, tall(2, 3, pad=(1, 1), rounding="ceil")) == 3 - 1


@given(sizes, kernels, strides, dilations, st.sampled_from(["floor", "ceil"]))
def test_same_begins_a_window_for_each_stride_of_the_map(
    size: int, kernel: int, stride: int, dilation: int, rounding: str
) -> None:
    window = tall(kernel, stride, dilation, "same", rounding)
    assert one_axis(size, window) == len(range(0, size, stride))


@given(sizes, kernels, strides, dilations)
def test_same_pads_no_more_than_it_must_and_the_larger_half_behind(
    size: int, kernel: int, stride: int, dilation: int
) -> None:
    top, bottom, left, right = tall(kernel, stride, dilation, "same").pads(size, 1)
    wanted = len(range(0, size, stride))
    assert len(laid(size, kernel, stride, dilation, (top, bottom))) >= wanted
    assert bottom - top in (0, 1)
    assert (left, right) == (0, 0)
    if bottom:
        assert len(laid(size, kernel, stride, dilation, (top, bottom - 1))) < wanted


@given(sizes, kernels, strides, dilations, st.sampled_from(["floor", "ceil"]))
def test_valid_counts_the_windows_that_stand_wholly_on_the_map(
    size: int, kernel: int, stride: int, dilation: int, rounding: str
) -> None:
    windows = laid(size, kernel, stride, dilation, (0, 0))
    assume(windows)
    window = tall(kernel, stride, dilation, "valid", rounding)
    assert one_axis(size, window) == len(windows)
    assert window.pads(size, 1) == (0, 0, 0, 0)


@given(kernels, dilations)
def test_extent_is_from_the_first_to_the_last_position_touched(kernel: int, dilation: int) -> None:
    positions = touched(0, kernel, dilation)
    assert tall(kernel, 1, dilation).extent == (positions[-1] - positions[0] + 1, 1)


@given(sizes, sizes, kernels, kernels, strides, strides)
def test_the_two_axes_do_not_mix(
    height: int, width: int, kernel_h: int, kernel_w: int, stride_h: int, stride_w: int
) -> None:
    assume(kernel_h <= height and kernel_w <= width)
    both = Window((kernel_h, kernel_w), (stride_h, stride_w)).slide(height, width)
    assert both == (
        len(laid(height, kernel_h, stride_h, 1, (0, 0))),
        len(laid(width, kernel_w, stride_w, 1, (0, 0))),
    )


@pytest.mark.parametrize("rounding", ["floor", "ceil"])
@pytest.mark.parametrize("padding", [(1, 1, 0, 0), "valid"])
def test_a_window_that_does_not_fit_is_an_error_that_names_window_map_and_padding(
    padding: tuple[int, int, int, int] | str, rounding: str
) -> None:
    with pytest.raises(ShapeError) as caught:
        Window((3, 2), dilation=(4, 1), padding=padding, rounding=rounding).slide(6, 5)
    message = str(caught.value)
    extent = (3 - 1) * 4 + 1  # 9, on 6 + 1 + 1 at most
    assert f"a {extent}×2 window does not fit the 6×5 map" in message
    assert f"top {1 if padding != 'valid' else 0}" in message
    assert "use a larger input" in message


def test_a_window_that_just_fits_stands_once() -> None:
    assert Window((9, 7), (4, 3)).slide(9, 7) == (1, 1)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "pad"),
    [(1, 2, 2, 0), (2, 3, 2, 0), (1, 3, 3, 0), (2, 5, 4, 0), (1, 2, 3, 1)],
)
def test_ceil_lets_an_only_window_hang_over_by_less_than_a_stride(
    size: int, kernel: int, stride: int, pad: int
) -> None:
    """As torch's ceil_mode and Caffe's pools have it: ceil((n + 2p - k) / s) + 1 = 1."""
    assert one_axis(size, tall(kernel, stride, pad=(pad, pad), rounding="ceil")) == 1


@pytest.mark.parametrize(("size", "kernel", "stride"), [(1, 3, 2), (1, 5, 4), (2, 3, 1)])
def test_and_by_no_more(size: int, kernel: int, stride: int) -> None:
    with pytest.raises(ShapeError):
        one_axis(size, tall(kernel, stride, rounding="ceil"))
