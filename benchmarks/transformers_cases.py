"""Networks of transformers from small configurations, for torch_modules.py: the model's class, its
configuration's, and what that is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import transformers
from torch_cases import IMAGES, TOKENS, Case, real, whole

TEXT: dict[str, Any] = {
    **{"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4},
    **{"intermediate_size": 64, "vocab_size": 99},
}
#: Keys and values of fewer heads than queries.
GROUPED = {**TEXT, "num_key_value_heads": 2}
IMAGE = {**{k: v for k, v in TEXT.items() if k != "vocab_size"}, "image_size": 64, "patch_size": 16}
GPT = {"n_embd": 32, "n_layer": 2, "n_head": 4, "vocab_size": 99}
AUDIO = {
    **{**TEXT, "conv_dim": [16] * 7},
    **{"num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 4},
}


def both(layers: int, **more: Any) -> dict[str, Any]:
    """What an encoder and a decoder are told."""
    heads = {"encoder_attention_heads": 4, "decoder_attention_heads": 4}
    sizes = {"d_model": 32, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64}
    return {"encoder_layers": layers, "decoder_layers": layers, **heads, **sizes, **more}


WHISPER = both(
    2,
    vocab_size=99,
    max_source_positions=50,
    num_mel_bins=8,
    pad_token_id=1,
    bos_token_id=1,
    eos_token_id=2,
    decoder_start_token_id=1,
)
#: What reads tokens, and what reads images: model, configuration and its options.
OF_TOKENS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "Bert": ("BertModel", "BertConfig", TEXT),
    "BertForMaskedLM": ("BertForMaskedLM", "BertConfig", TEXT),
    "Roberta": ("RobertaModel", "RobertaConfig", TEXT),
    "DistilBert": (
        "DistilBertModel",
        "DistilBertConfig",
        {"dim": 32, "n_layers": 2, "n_heads": 4, "vocab_size": 99},
    ),
    "Albert": ("AlbertModel", "AlbertConfig", {**TEXT, "embedding_size": 16}),
    "Electra": ("ElectraModel", "ElectraConfig", TEXT),
    "ModernBert": ("ModernBertModel", "ModernBertConfig", {**TEXT, "pad_token_id": 0}),
    "GPT2": ("GPT2Model", "GPT2Config", GPT),
    "GPT2LMHead": ("GPT2LMHeadModel", "GPT2Config", GPT),
    "GPTNeoX": ("GPTNeoXModel", "GPTNeoXConfig", TEXT),
    "OPT": ("OPTModel", "OPTConfig", {**TEXT, "ffn_dim": 64, "word_embed_proj_dim": 32}),
    "Bloom": (
        "BloomModel",
        "BloomConfig",
        {"hidden_size": 32, "n_layer": 2, "n_head": 4, "vocab_size": 99},
    ),
    "Llama": ("LlamaModel", "LlamaConfig", GROUPED),
    "LlamaForCausalLM": ("LlamaForCausalLM", "LlamaConfig", GROUPED),
    "Mistral": ("MistralModel", "MistralConfig", GROUPED),
    "Mixtral": ("MixtralModel", "MixtralConfig", {**GROUPED, "num_local_experts": 4}),
    "Qwen2": ("Qwen2Model", "Qwen2Config", GROUPED),
    "Qwen3": ("Qwen3Model", "Qwen3Config", {**GROUPED, "head_dim": 8}),
    "Gemma": ("GemmaModel", "GemmaConfig", {**GROUPED, "head_dim": 8}),
    "Gemma2": ("Gemma2Model", "Gemma2Config", {**GROUPED, "head_dim": 8}),
    "Phi": ("PhiModel", "PhiConfig", TEXT),
    "Mamba": (
        "MambaModel",
        "MambaConfig",
        {"hidden_size": 32, "num_hidden_layers": 2, "vocab_size": 99},
    ),
    "T5Encoder": (
        "T5EncoderModel",
        "T5Config",
        {
            **{"d_model": 32, "d_ff": 64, "num_layers": 2, "num_heads": 4, "d_kv": 8},
            **{"vocab_size": 99},
        },
    ),
    "Bart": ("BartModel", "BartConfig", both(2, vocab_size=99, pad_token_id=1)),
    "CLIPText": ("CLIPTextModel", "CLIPTextConfig", TEXT),
}
OF_IMAGES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "ViT": ("ViTModel", "ViTConfig", IMAGE),
    "DeiT": ("DeiTModel", "DeiTConfig", IMAGE),
    "BeiT": ("BeitModel", "BeitConfig", IMAGE),
    "DINOv2": ("Dinov2Model", "Dinov2Config", IMAGE),
    "CLIPVision": ("CLIPVisionModel", "CLIPVisionConfig", IMAGE),
    "SigLIPVision": ("SiglipVisionModel", "SiglipVisionConfig", IMAGE),
    "Swin": (
        "SwinModel",
        "SwinConfig",
        {
            **{"image_size": 64, "embed_dim": 16, "depths": [1, 1], "num_heads": [2, 4]},
            **{"window_size": 4},
        },
    ),
    "ConvNext": (
        "ConvNextModel",
        "ConvNextConfig",
        {"hidden_sizes": [8, 16, 32, 64], "depths": [1, 1, 1, 1]},
    ),
    "ResNet": (
        "ResNetModel",
        "ResNetConfig",
        {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1]},
    ),
    "SegFormer": (
        "SegformerForSemanticSegmentation",
        "SegformerConfig",
        {
            **{"hidden_sizes": [8, 16, 32, 64], "depths": [1, 1, 1, 1]},
            **{"num_attention_heads": [1, 2, 4, 8], "decoder_hidden_size": 16},
        },
    ),
    "DETR": ("DetrModel", "DetrConfig", both(1, num_queries=5, use_pretrained_backbone=False)),
    "YOLOS": (
        "YolosModel",
        "YolosConfig",
        {**IMAGE, "num_detection_tokens": 5, "image_size": [64, 64]},
    ),
    "MobileViT": (
        "MobileViTModel",
        "MobileViTConfig",
        {
            **{"image_size": 64, "hidden_sizes": [16, 24, 32]},
            **{"neck_hidden_sizes": [8, 8, 16, 16, 24, 32, 64]},
        },
    ),
    "DPT": (
        "DPTForDepthEstimation",
        "DPTConfig",
        {
            **{**IMAGE, "num_hidden_layers": 4, "backbone_out_indices": [0, 1, 2, 3]},
            **{"neck_hidden_sizes": [8, 8, 16, 16], "fusion_hidden_size": 16},
        },
    ),
    "ViTMAE": ("ViTMAEModel", "ViTMAEConfig", IMAGE),
}


def of(model: str, config: str, options: dict[str, Any]) -> Callable[[], Any]:
    """What builds a model."""
    return lambda: getattr(transformers, model)(getattr(transformers, config)(**options))


def transformers_cases() -> dict[str, Case | None]:
    """Each network with what it reads, by name."""
    masked = [{"input_ids": (16,), "attention_mask": (16,)}]
    whisper = of("WhisperModel", "WhisperConfig", WHISPER)
    spectrum = {
        **{k: v for k, v in IMAGE.items() if k != "image_size"},
        **{"max_length": 64, "num_mel_bins": 32},
    }
    return {
        **{name: (of(*told), TOKENS) for name, told in OF_TOKENS.items()},
        "DebertaV2": (of("DebertaV2Model", "DebertaV2Config", TEXT), masked),
        **{name: (of(*told), IMAGES) for name, told in OF_IMAGES.items()},
        "WhisperEncoder": (lambda: whisper().encoder, [real(8, 100)]),
        "Whisper": (whisper, [real(8, 100), None, whole(99, 7)]),
        "Wav2Vec2": (of("Wav2Vec2Model", "Wav2Vec2Config", AUDIO), [real(4000)]),
        "Hubert": (of("HubertModel", "HubertConfig", AUDIO), [real(4000)]),
        "AST": (of("ASTModel", "ASTConfig", spectrum), [real(64, 32)]),
    }
