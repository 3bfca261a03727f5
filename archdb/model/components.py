"""What is counted of a layer: every component once, with its unit and its meaning.

All else follows: the columns of tables and views with their dictionary, what a counting convention
may weigh, what totals and explanations show. A parameter tensor's size is counted by its role,
an op states its Work, and what is the same for all ops is in Sizes.
"""

from typing import Annotated, Any, NamedTuple, get_type_hints

#: Roles of a parameter tensor; all but the last are trainable and make up `params`.
WEIGHT, BIAS, NORM, BUFFER = "weight", "bias", "norm", "buffer"


class Component(NamedTuple):
    """What is counted, and what the column dictionary says of it: of one layer (`meaning`), of
    layers together, of a network; `of_sum` is what `archdb explain` adds up."""

    name: str
    unit: str
    meaning: str
    of_group: str
    of_network: str
    of_sum: str
    citation: str | None
    #: Of a parameter tensor.
    role: str | None


def counted(
    unit: str,
    meaning: str,
    *,
    name: str = "",
    of_group: str = "",
    of_network: str = "",
    of_sum: str = "",
    citation: str | None = None,
    role: str | None = None,
) -> Component:
    """A component; what is not said of layers together is as of one, of a network as of those.
    `citation`: key of the publication that defines it, which the network's column gives."""
    group = of_group or meaning
    network = of_network or group
    return Component(name, unit, meaning, group, network, of_sum or meaning, citation, role)


PARAMETERS = (
    counted(
        "parameters",
        "kernels and matrices, slopes, trainable subsampling coefficients",
        name="weight_params",
        of_sum="kernels and matrices of each layer",
        role=WEIGHT,
    ),
    counted("parameters", "biases", name="bias_params", of_sum="biases of each layer", role=BIAS),
    counted(
        "parameters",
        "scale and shift of normalisation",
        name="norm_params",
        of_sum="scale and shift of each normalisation",
        citation="ioffe2015",
        role=NORM,
    ),
    counted(
        "numbers",
        "kept but not trained; not in params",
        name="buffers",
        of_network="kept but not trained: running mean and variance, fixed centres; not in params",
        of_sum="what is kept with the network and not trained",
        role=BUFFER,
    ),
)


class Work(NamedTuple):
    """Operations for one image at inference, by kind; one each unless said otherwise.

    macs: multiply-accumulates of contracting ops, without bias. bias_adds: one for each output
    element that gets a bias. The others are scalar operations outside the MACs. Padding counts
    like any element: a window always does its whole work.
    """

    macs: Annotated[
        int,
        counted(
            "MAC",
            "multiply-accumulates for one input, without bias",
            of_network="multiply-accumulates of the contracting layers for one input, without bias",
            of_sum="multiply-accumulates of the layers that contract their input with weights,"
            " no biases",
        ),
    ] = 0
    bias_adds: Annotated[
        int, counted("operations", "one addition for each output element that gets a bias")
    ] = 0
    adds: Annotated[int, counted("operations", "additions outside macs and bias_adds")] = 0
    muls: Annotated[int, counted("operations", "multiplications outside macs")] = 0
    comparisons: Annotated[
        int,
        counted(
            "operations",
            "comparisons",
            of_network="comparisons: ReLU, maximum pooling",
            of_sum="comparisons, as in ReLU and maxima",
        ),
    ] = 0
    divisions: Annotated[int, counted("operations", "divisions")] = 0
    exponentials: Annotated[int, counted("operations", "exponentials and powers")] = 0


class Sizes(NamedTuple):
    """What follows from shapes and windows; None where it is open. The last two archdb itself has
    no use for, and two counting conventions need; both are 0 where an op has no window."""

    in_elements: Annotated[
        int | None,
        counted("elements", "size of all inputs together", of_group="sizes of all inputs together"),
    ] = None
    out_elements: Annotated[
        int | None, counted("elements", "size of the output", of_group="sizes of the outputs")
    ] = None
    stride_elements: Annotated[
        int | None,
        counted(
            "elements",
            "out_elements x stride_h x stride_w: by how many elements the window advances;"
            " 0 without a window",
            of_group="out_elements x stride_h x stride_w: by how many elements the windows advance",
        ),
    ] = None
    unbiased_kernels: Annotated[
        int | None,
        counted(
            "kernels",
            "two-dimensional kernels of a layer without bias (a pair of an input map and a filter"
            " each); else 0",
            of_group="two-dimensional kernels of layers without bias",
        ),
    ] = None


def _fields(kind: Any) -> tuple[Component, ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(hint.__metadata__[0]._replace(name=name) for name, hint in hints.items())


#: What totals are of, and all that is counted, in the order of columns.
WORK = _fields(Work)
TOTALLED = (*PARAMETERS, *WORK)
COMPONENTS = (*TOTALLED, *_fields(Sizes))
#: Trainable numbers by role; together they are what is called params.
TRAINED = tuple(each.name for each in PARAMETERS if each.role != BUFFER)
PARAMS = counted(
    "parameters",
    "trainable numbers",
    name="params",
    of_sum=f"trainable numbers: {' + '.join(TRAINED)} of each layer",
)
#: What a counting convention may weigh.
QUANTITIES = (PARAMS, *COMPONENTS)
