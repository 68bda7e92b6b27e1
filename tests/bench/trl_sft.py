"""The same plain LoRA by TRL's SFT trainer, as its users would call it.

TRL is no dependency of the project; where it is not installed this peer is left out.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from typing import TYPE_CHECKING

import torch
from peft import LoraConfig

from tests.bench import dequantised
from tests.bench.machine import peak_mb
from tests.bench.plain_lora import BATCH, EPOCHS, LEARNING_RATE, Trained

if TYPE_CHECKING:
    from pathlib import Path


def installed() -> bool:
    """Whether this peer can be measured."""
    return importlib.util.find_spec("trl") is not None


def train(
    gguf: Path, pairs: list[tuple[str, str]], out: Path, *, reliability: float, seed: int
) -> Trained:
    """Trains as `plain_lora.train` does. Until when what was right is not known: nobody asks."""
    del reliability
    from datasets import Dataset  # noqa: PLC0415  # only where it is installed
    from trl import SFTConfig, SFTTrainer  # noqa: PLC0415  # the same

    started = time.perf_counter()
    tokenizer, model = dequantised.load(gguf)
    # Its weights are de-quantised, which transformers' trainer cannot know.
    model.is_quantized, model.hf_quantizer, model.quantization_method = False, None, None
    load_seconds = time.perf_counter() - started
    with tempfile.TemporaryDirectory(prefix="errata-bench-") as scratch:
        trainer = SFTTrainer(
            model=model,
            processing_class=tokenizer,
            train_dataset=Dataset.from_list(
                [{"prompt": prompt, "completion": answer} for prompt, answer in pairs]
            ),
            peft_config=LoraConfig(
                r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM"
            ),
            args=SFTConfig(
                output_dir=scratch,
                num_train_epochs=EPOCHS,
                per_device_train_batch_size=BATCH,
                learning_rate=LEARNING_RATE,
                seed=seed,
                use_cpu=not torch.cuda.is_available(),
                bf16=False,
                gradient_checkpointing=False,
                report_to=[],
                save_strategy="no",
                logging_strategy="no",
                disable_tqdm=True,
            ),
        )
        began = time.perf_counter()
        trainer.train()
        seconds = time.perf_counter() - began
        trainer.model.save_pretrained(str(out), save_embedding_layers=False)
    return Trained(
        load_seconds=round(load_seconds, 2),
        training_seconds=round(seconds, 2),
        training_seconds_to_same_reliability=None,
        epochs_to_same_reliability=None,
        peak_rss_mb=peak_mb(),
    )
