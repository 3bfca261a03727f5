"""Every class of torch.nn, and networks of transformers built from small configurations, imported.

    python benchmarks/torch_modules.py nn
    python benchmarks/torch_modules.py transformers

Parameters are held to the module's own, multiply-accumulates to half of what torch's flop counter
counts in a forward pass of one sample, every recorded shape to the derived one. What is open is
named; what differs, or fails without a word of its own, is a fault.
"""

from __future__ import annotations

import argparse
import copy
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._pytree import tree_map
from torch.utils.flop_counter import FlopCounterMode

from archdb.analysis.profile import derive
from archdb.errors import ArchdbError
from archdb.sources.base import Imported, from_torch
from archdb.sources.report import OPEN
from archdb.sources.torch_inputs import fed

SEQ, MAP, VOL, VEC = (6, 12), (6, 12, 10), (6, 8, 6, 4), (24,)
IMAGES, TOKENS = [(3, 64, 64)], [(16,)]
Case = tuple[Callable[[], Any], list[Any]]


def real(*shape: int) -> torch.Tensor:
    """An example of one sample, where a shape alone would be tokens."""
    return torch.zeros(1, *shape)


def whole(high: int, *shape: int) -> torch.Tensor:
    return torch.randint(high, (1, *shape))


#: What each class is built with, and what it reads.
NN: dict[str, Case] = {
    "AdaptiveLogSoftmaxWithLoss": (
        lambda: nn.AdaptiveLogSoftmaxWithLoss(24, 20, [5, 10]),
        [real(24), torch.zeros(1, dtype=torch.long)],
    ),
    "AvgPool1d": (lambda: nn.AvgPool1d(2), [real(*SEQ)]),
    "Bilinear": (lambda: nn.Bilinear(24, 24, 5), [real(24), real(24)]),
    "CosineSimilarity": (nn.CosineSimilarity, [real(24), real(24)]),
    "Embedding": (lambda: nn.Embedding(20, 5), TOKENS),
    "EmbeddingBag": (lambda: nn.EmbeddingBag(20, 5), TOKENS),
    "Fold": (lambda: nn.Fold((4, 5), 2), [real(24, 12)]),
    "GRU": (lambda: nn.GRU(12, 5, batch_first=True), [SEQ]),
    "GRUCell": (lambda: nn.GRUCell(24, 5), [real(24)]),
    "GroupNorm": (lambda: nn.GroupNorm(3, 6), [MAP]),
    "LSTM": (lambda: nn.LSTM(12, 5, batch_first=True, bidirectional=True), [SEQ]),
    "LSTMCell": (lambda: nn.LSTMCell(24, 5), [real(24)]),
    "LayerNorm": (lambda: nn.LayerNorm(12), [SEQ]),
    "Linear": (lambda: nn.Linear(12, 5), [SEQ]),
    **{
        f"{how}Pool3d": (lambda how=how: getattr(nn, f"{how}Pool3d")(2), [VOL])
        for how in ("Avg", "Max", "AdaptiveAvg", "AdaptiveMax")
    },
    "InstanceNorm3d": (lambda: nn.InstanceNorm3d(6), [VOL]),
    "LPPool1d": (lambda: nn.LPPool1d(2, 2), [SEQ]),
    "LPPool2d": (lambda: nn.LPPool2d(2, 2), [MAP]),
    "LPPool3d": (lambda: nn.LPPool3d(2, 2), [VOL]),
    "LocalResponseNorm": (lambda: nn.LocalResponseNorm(5), [MAP]),
    "MultiheadAttention": (
        lambda: nn.MultiheadAttention(12, 3, batch_first=True),
        [SEQ, SEQ, SEQ],
    ),
    "PairwiseDistance": (nn.PairwiseDistance, [real(24), real(24)]),
    "PixelShuffle": (lambda: nn.PixelShuffle(2), [(8, 6, 5)]),
    "PixelUnshuffle": (lambda: nn.PixelUnshuffle(2), [(8, 6, 4)]),
    "RMSNorm": (lambda: nn.RMSNorm(12), [SEQ]),
    "RNN": (lambda: nn.RNN(12, 5, batch_first=True), [SEQ]),
    "RNNCell": (lambda: nn.RNNCell(24, 5), [real(24)]),
    "Softmax2d": (nn.Softmax2d, [MAP]),
    "Transformer": (
        lambda: nn.Transformer(12, 3, 2, 2, 20, batch_first=True),
        [SEQ, SEQ],
    ),
    "TransformerDecoderLayer": (
        lambda: nn.TransformerDecoderLayer(12, 3, 20, batch_first=True),
        [SEQ, SEQ],
    ),
    "TransformerDecoder": (
        lambda: nn.TransformerDecoder(nn.TransformerDecoderLayer(12, 3, 20, batch_first=True), 2),
        [SEQ, SEQ],
    ),
    "TransformerEncoderLayer": (
        lambda: nn.TransformerEncoderLayer(12, 3, 20, batch_first=True),
        [SEQ],
    ),
    "TransformerEncoder": (
        lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(12, 3, 20, batch_first=True), 2),
        [SEQ],
    ),
    "Unflatten": (lambda: nn.Unflatten(1, (4, 6)), [real(24)]),
    "Unfold": (lambda: nn.Unfold(3), [MAP]),
    "Upsample": (lambda: nn.Upsample(scale_factor=2), [MAP]),
    "UpsamplingNearest2d": (lambda: nn.UpsamplingNearest2d(scale_factor=2), [MAP]),
    "UpsamplingBilinear2d": (lambda: nn.UpsamplingBilinear2d(scale_factor=2), [MAP]),
    "Sequential": (lambda: nn.Sequential(nn.Linear(12, 5), nn.ReLU()), [SEQ]),
    "Flatten": (nn.Flatten, [MAP]),
    "CircularPad1d": (lambda: nn.CircularPad1d(2), [SEQ]),
    "CircularPad2d": (lambda: nn.CircularPad2d(2), [MAP]),
    "ChannelShuffle": (lambda: nn.ChannelShuffle(3), [MAP]),
    "GLU": (lambda: nn.GLU(1), [MAP]),
    "Threshold": (lambda: nn.Threshold(0.1, 20), [MAP]),
}
#: Classes that no network is made of: containers that are not called, losses, and those that a
#: first input of its shape makes.
NONE = ("Container", "Module", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList")


def tried(made: Any) -> list[Case]:
    """Calls of a class with usual arguments."""
    arguments: list[tuple[Any, ...]] = [(), (2,), (6, 5, 3), (6,), (0.5,), (1.0, 2.0)]
    reads = [[MAP], [SEQ], [VOL], [real(24)], [SEQ, SEQ]]
    return [(lambda given=given: made(*given), inputs) for given in arguments for inputs in reads]


def first(made: Any) -> Case | None:
    """The first of them that torch itself runs."""
    for build, inputs in tried(made):
        try:
            module = build().eval()
            with torch.no_grad():
                module(*[x if isinstance(x, torch.Tensor) else torch.zeros(1, *x) for x in inputs])
        except Exception:  # whatever torch raises
            continue
        return build, inputs
    return None


def nn_cases() -> dict[str, Case | None]:
    names = [
        name
        for name, made in vars(nn).items()
        if isinstance(made, type)
        and issubclass(made, nn.Module)
        and name not in NONE
        and not name.endswith("Loss")
        and not name.startswith("Lazy")
    ]
    return {name: NN.get(name) or first(getattr(nn, name)) for name in sorted(names)}


def weigh(build: Callable[[], Any], inputs: list[Any]) -> tuple[str, str]:
    """How one module comes out, and what is said of it."""
    module = build().eval()
    try:
        found = from_torch(module, *inputs)
    except ArchdbError as error:
        return "refused", str(error).splitlines()[0]
    except Exception:
        return "TRACEBACK", traceback.format_exc().splitlines()[-1]
    unknown = sorted({str(line.note) for line in found.report.lines if line.subject == "unknown"})
    if found.report.verdict == OPEN:
        return "open", "; ".join(unknown)
    apart = [f"{what}: {own}, {ours} derived" for what, own, ours in figures(module, inputs, found)]
    lines = [str(line) for line in found.report.lines if line.item == "first that differs"]
    if apart or found.report.verdict != "exact":
        return "DIFFERS", "; ".join([*apart, *lines, found.report.verdict])
    totals = derive(found.network).totals
    return (
        "exact",
        f"{sum(p.numel() for p in module.parameters())} parameters, {totals['macs']} MACs",
    )


def figures(module: Any, inputs: list[Any], found: Imported) -> list[tuple[str, int, int]]:
    """Figures of torch's that the derived ones differ from."""
    totals = derive(found.network).totals
    unread = next((line.stated or 0 for line in found.report.lines if line.item == "never read"), 0)
    learned = sum(totals[f"{role}_params"] for role in ("weight", "bias", "norm"))
    stored = sum(p.numel() for p in module.parameters())
    for device in ("meta", "cpu"):  # some ask for numbers, which the one has not
        counter = FlopCounterMode(display=False)
        args, kwargs = tree_map(
            lambda x: torch.zeros_like(x, device=device) if isinstance(x, torch.Tensor) else x,  # noqa: B023
            fed(inputs, 1)[:2],
        )
        try:
            made = copy.deepcopy(module).to(device)
            with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), counter:
                made(*args, **kwargs)
            break
        except (RuntimeError, NotImplementedError):
            continue
    both = (
        ("parameters", stored, learned + unread),
        ("MACs", counter.get_total_flops() // 2, totals["macs"]),
    )
    return [each for each in both if each[1] != each[2]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=("nn", "transformers"))
    parser.add_argument("names", nargs="*", help="these alone")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    cases = nn_cases() if given.which == "nn" else transformers_cases()
    ends: Counter[str] = Counter()
    for name, case in cases.items():
        if given.names and name not in given.names:
            continue
        end, said = (
            ("none", "not run by torch with usual arguments") if case is None else weigh(*case)
        )
        ends[end] += 1
        print(f"{end:9} {name}: {said}", flush=True)
    print(f"torch {torch.__version__}: {dict(ends)}")


def transformers_cases() -> dict[str, Case | None]:
    import transformers as hf

    def of(model: str, config: str, **options: Any) -> Callable[[], Any]:
        return lambda: getattr(hf, model)(getattr(hf, config)(**options))

    text = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    text |= {"intermediate_size": 64, "vocab_size": 99}
    image = {**text, "image_size": 64, "patch_size": 16}
    image.pop("vocab_size")
    grouped = {**text, "num_key_value_heads": 2}
    cases: dict[str, Case | None] = {
        "Bert": (of("BertModel", "BertConfig", **text), TOKENS),
        "BertForMaskedLM": (of("BertForMaskedLM", "BertConfig", **text), TOKENS),
        "Roberta": (of("RobertaModel", "RobertaConfig", **text), TOKENS),
        "DistilBert": (
            of("DistilBertModel", "DistilBertConfig", dim=32, n_layers=2, n_heads=4, vocab_size=99),
            TOKENS,
        ),
        "Albert": (of("AlbertModel", "AlbertConfig", embedding_size=16, **text), TOKENS),
        "Electra": (of("ElectraModel", "ElectraConfig", **text), TOKENS),
        "DebertaV2": (
            of("DebertaV2Model", "DebertaV2Config", **text),
            [{"input_ids": (16,), "attention_mask": (16,)}],
        ),
        "ModernBert": (of("ModernBertModel", "ModernBertConfig", pad_token_id=0, **text), TOKENS),
        "GPT2": (
            of("GPT2Model", "GPT2Config", n_embd=32, n_layer=2, n_head=4, vocab_size=99),
            TOKENS,
        ),
        "GPT2LMHead": (
            of("GPT2LMHeadModel", "GPT2Config", n_embd=32, n_layer=2, n_head=4, vocab_size=99),
            TOKENS,
        ),
        "GPTNeoX": (of("GPTNeoXModel", "GPTNeoXConfig", **text), TOKENS),
        "OPT": (
            of("OPTModel", "OPTConfig", ffn_dim=64, word_embed_proj_dim=32, **text),
            TOKENS,
        ),
        "Bloom": (
            of("BloomModel", "BloomConfig", hidden_size=32, n_layer=2, n_head=4, vocab_size=99),
            TOKENS,
        ),
        "Llama": (of("LlamaModel", "LlamaConfig", **grouped), TOKENS),
        "LlamaForCausalLM": (of("LlamaForCausalLM", "LlamaConfig", **grouped), TOKENS),
        "Mistral": (of("MistralModel", "MistralConfig", **grouped), TOKENS),
        "Mixtral": (of("MixtralModel", "MixtralConfig", num_local_experts=4, **grouped), TOKENS),
        "Qwen2": (of("Qwen2Model", "Qwen2Config", **grouped), TOKENS),
        "Qwen3": (of("Qwen3Model", "Qwen3Config", head_dim=8, **grouped), TOKENS),
        "Gemma": (of("GemmaModel", "GemmaConfig", head_dim=8, **grouped), TOKENS),
        "Gemma2": (of("Gemma2Model", "Gemma2Config", head_dim=8, **grouped), TOKENS),
        "Phi": (of("PhiModel", "PhiConfig", **text), TOKENS),
        "Mamba": (
            of("MambaModel", "MambaConfig", hidden_size=32, num_hidden_layers=2, vocab_size=99),
            TOKENS,
        ),
        "T5Encoder": (
            of(
                "T5EncoderModel",
                "T5Config",
                d_model=32,
                d_ff=64,
                num_layers=2,
                num_heads=4,
                d_kv=8,
                vocab_size=99,
            ),
            TOKENS,
        ),
        "Bart": (
            of(
                "BartModel",
                "BartConfig",
                d_model=32,
                encoder_layers=2,
                decoder_layers=2,
                encoder_attention_heads=4,
                decoder_attention_heads=4,
                encoder_ffn_dim=64,
                decoder_ffn_dim=64,
                vocab_size=99,
                pad_token_id=1,
            ),
            TOKENS,
        ),
        "ViT": (of("ViTModel", "ViTConfig", **image), IMAGES),
        "DeiT": (of("DeiTModel", "DeiTConfig", **image), IMAGES),
        "BeiT": (of("BeitModel", "BeitConfig", **image), IMAGES),
        "DINOv2": (of("Dinov2Model", "Dinov2Config", **image), IMAGES),
        "CLIPVision": (of("CLIPVisionModel", "CLIPVisionConfig", **image), IMAGES),
        "CLIPText": (of("CLIPTextModel", "CLIPTextConfig", **text), TOKENS),
        "SigLIPVision": (of("SiglipVisionModel", "SiglipVisionConfig", **image), IMAGES),
        "Swin": (
            of(
                "SwinModel",
                "SwinConfig",
                image_size=64,
                embed_dim=16,
                depths=[1, 1],
                num_heads=[2, 4],
                window_size=4,
            ),
            IMAGES,
        ),
        "ConvNext": (
            of(
                "ConvNextModel", "ConvNextConfig", hidden_sizes=[8, 16, 32, 64], depths=[1, 1, 1, 1]
            ),
            IMAGES,
        ),
        "ResNet": (
            of(
                "ResNetModel", "ResNetConfig", embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1]
            ),
            IMAGES,
        ),
        "SegFormer": (
            of(
                "SegformerForSemanticSegmentation",
                "SegformerConfig",
                hidden_sizes=[8, 16, 32, 64],
                depths=[1, 1, 1, 1],
                num_attention_heads=[1, 2, 4, 8],
                decoder_hidden_size=16,
            ),
            IMAGES,
        ),
        "DETR": (
            of(
                "DetrModel",
                "DetrConfig",
                d_model=32,
                encoder_layers=1,
                decoder_layers=1,
                encoder_attention_heads=4,
                decoder_attention_heads=4,
                encoder_ffn_dim=64,
                decoder_ffn_dim=64,
                num_queries=5,
                use_pretrained_backbone=False,
            ),
            IMAGES,
        ),
        "YOLOS": (
            of(
                "YolosModel",
                "YolosConfig",
                num_detection_tokens=5,
                **{**image, "image_size": [64, 64]},
            ),
            IMAGES,
        ),
        "MobileViT": (
            of(
                "MobileViTModel",
                "MobileViTConfig",
                image_size=64,
                hidden_sizes=[16, 24, 32],
                neck_hidden_sizes=[8, 8, 16, 16, 24, 32, 64],
            ),
            IMAGES,
        ),
        "DPT": (
            of(
                "DPTForDepthEstimation",
                "DPTConfig",
                **{
                    **image,
                    "num_hidden_layers": 4,
                    "backbone_out_indices": [0, 1, 2, 3],
                    "neck_hidden_sizes": [8, 8, 16, 16],
                    "fusion_hidden_size": 16,
                },
            ),
            IMAGES,
        ),
        "ViTMAE": (of("ViTMAEModel", "ViTMAEConfig", **image), IMAGES),
        "WhisperEncoder": (
            lambda: (
                of(
                    "WhisperModel",
                    "WhisperConfig",
                    d_model=32,
                    encoder_layers=2,
                    decoder_layers=2,
                    encoder_attention_heads=4,
                    decoder_attention_heads=4,
                    encoder_ffn_dim=64,
                    decoder_ffn_dim=64,
                    vocab_size=99,
                    max_source_positions=50,
                    num_mel_bins=8,
                    pad_token_id=1,
                    bos_token_id=1,
                    eos_token_id=2,
                    decoder_start_token_id=1,
                )().encoder
            ),
            [real(8, 100)],
        ),
        "Whisper": (
            of(
                "WhisperModel",
                "WhisperConfig",
                d_model=32,
                encoder_layers=2,
                decoder_layers=2,
                encoder_attention_heads=4,
                decoder_attention_heads=4,
                encoder_ffn_dim=64,
                decoder_ffn_dim=64,
                vocab_size=99,
                max_source_positions=50,
                num_mel_bins=8,
                pad_token_id=1,
                bos_token_id=1,
                eos_token_id=2,
                decoder_start_token_id=1,
            ),
            [real(8, 100), None, whole(99, 7)],
        ),
        "Wav2Vec2": (
            of(
                "Wav2Vec2Model",
                "Wav2Vec2Config",
                conv_dim=[16] * 7,
                num_conv_pos_embeddings=16,
                num_conv_pos_embedding_groups=4,
                **text,
            ),
            [real(4000)],
        ),
        "Hubert": (
            of(
                "HubertModel",
                "HubertConfig",
                conv_dim=[16] * 7,
                num_conv_pos_embeddings=16,
                num_conv_pos_embedding_groups=4,
                **text,
            ),
            [real(4000)],
        ),
        "AST": (
            of(
                "ASTModel",
                "ASTConfig",
                max_length=64,
                num_mel_bins=32,
                **{k: v for k, v in image.items() if k != "image_size"},
            ),
            [real(64, 32)],
        ),
    }
    return cases


if __name__ == "__main__":
    main()
