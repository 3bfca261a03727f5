"""From the neutral graph to layers: one rule for each kind of call, by family."""

from archdb.sources.lowering import arithmetic as arithmetic
from archdb.sources.lowering import assigning as assigning
from archdb.sources.lowering import attention as attention
from archdb.sources.lowering import clamping as clamping
from archdb.sources.lowering import control as control
from archdb.sources.lowering import convolutions as convolutions
from archdb.sources.lowering import dense as dense
from archdb.sources.lowering import elementwise as elementwise
from archdb.sources.lowering import exported as exported
from archdb.sources.lowering import joining as joining
from archdb.sources.lowering import lists as lists
from archdb.sources.lowering import moving as moving
from archdb.sources.lowering import multi_head as multi_head
from archdb.sources.lowering import norms as norms
from archdb.sources.lowering import padded as padded
from archdb.sources.lowering import pools as pools
from archdb.sources.lowering import recurrent as recurrent
from archdb.sources.lowering import recurrent_nodes as recurrent_nodes
from archdb.sources.lowering import repetition as repetition
from archdb.sources.lowering import scattering as scattering
from archdb.sources.lowering import shaping as shaping
from archdb.sources.lowering import slicing as slicing
from archdb.sources.lowering import torch_own as torch_own
from archdb.sources.lowering import windows as windows
from archdb.sources.lowering.run import Lowered as Lowered
from archdb.sources.lowering.run import lower as lower
