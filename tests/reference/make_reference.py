#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes resources/reference_figures.json: figures of the default model, computed by transformers, for the trust report.

By hand only, when the default model changes; no test and no build runs it. One core and 3 GB of memory are enough:

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install torch transformers gguf
    OMP_NUM_THREADS=1 nice /tmp/reference/bin/python tests/reference/make_reference.py MODEL.gguf

MODEL is the file that resources/default_model.json describes. Weights are dequantised to fp32 by transformers; the
forward pass is its own, with an attention function of ours in the place that it offers for one: causal softmax, then
the edit (the probability at key 0 times gamma in all rows but row 0, the row renormalised), then times V, no cache.
Token ids are given here, so that no tokenizer takes part. Sums over a row or the vocabulary are in fp64.
"""
import hashlib
import json
import os
import sys

import torch
import transformers

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOP = 10
ALL = "all"
# name, text (for the reader), ids, edits: (layer, head, gamma) or (ALL, ALL, gamma)
CASES = [
    ("plain", "Once upon a time", [6403, 1980, 253, 655], []),
    ("one head", "Rain fell on the harbour all night, and in the morning the boats",
     [36951, 6641, 335, 260, 28899, 511, 3163, 28, 284, 281, 260, 5738, 260, 13768], [(15, 3, 0.3)]),
    ("all heads", "chat: Name a river in Europe.",
     [1, 9690, 198, 2683, 359, 253, 5356, 5646, 11173, 3365, 3511, 308, 34519, 28, 7018, 411, 407, 19712, 8182, 2, 198,
      1, 4093, 198, 5820, 253, 4626, 281, 1910, 30, 2, 198, 1, 520, 9531, 198], [(ALL, ALL, 1.5)]),
]


class EditedAttention:
    """Attention in plain steps; keeps the pattern of every layer of the last pass, [heads, T, T] each."""

    def __init__(self):
        self.edits = []
        self.patterns = {}

    def factors(self, layer, heads):
        """The factor of each head of `layer`, [heads]."""
        gamma = torch.ones(heads)
        for edited_layer, edited_head, value in self.edits:
            if edited_layer in (ALL, layer):
                gamma[slice(None) if edited_head == ALL else edited_head] = value
        return gamma

    def __call__(self, module, query, key, value, mask, scaling=None, **_):
        heads, tokens = query.shape[1], query.shape[2]
        group = heads // key.shape[1]
        key, value = (stored.repeat_interleave(group, dim=1) for stored in (key, value))
        scores = query @ key.transpose(-1, -2) * scaling
        later = torch.ones(tokens, tokens, dtype=torch.bool).triu(1)
        pattern = scores.masked_fill(later, float("-inf")).softmax(-1)
        gamma = self.factors(module.layer_idx, heads)
        edited = pattern.clone()
        edited[:, :, 1:, 0] *= gamma[None, :, None]  # row 0 sees nothing but key 0
        edited = edited / edited.sum(-1, keepdim=True)
        pattern = torch.where(gamma[None, :, None, None] == 1, pattern, edited)
        self.patterns[module.layer_idx] = pattern[0]
        return (pattern @ value).transpose(1, 2).contiguous(), pattern


def entropy(p):
    p = p.double()
    return -torch.special.xlogy(p, p).sum(-1)


def rounded(values, digits):
    """Nested lists of numbers with this many significant digits."""
    if isinstance(values, list):
        return [rounded(value, digits) for value in values]
    return float(f"{values:.{digits}g}")


@torch.no_grad()
def figures(model, attention, ids, edits):
    attention.edits, attention.patterns = edits, {}
    logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1]
    assert len(attention.patterns) == model.config.num_hidden_layers, "our attention was not called"
    p = logits.double().softmax(-1)
    top = p.topk(TOP)
    last = torch.stack([attention.patterns[layer][:, -1] for layer in range(len(attention.patterns))])  # [L, H, T]
    return {
        "outputEntropyNats": rounded(float(entropy(p)), 9),
        "top": [{"id": int(i), "p": rounded(float(v), 9)} for v, i in zip(top.values, top.indices)],
        "sinkMassLast": rounded(last[..., 0].double().tolist(), 7),
        "entropyLast": rounded(entropy(last).tolist(), 7),
    }


def edit_json(edits):
    return [{"layer": l, "head": h, "gamma": g} if l != ALL else {"all": True, "gamma": g} for l, h, g in edits]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    path = sys.argv[1]
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with open(os.path.join(ROOT, "resources", "default_model.json"), encoding="utf-8") as file:
        known = json.load(file)["sha256"]
    if digest != known:
        sys.exit(f"{path}: sha256 {digest}, expected the default model's {known}")
    torch.set_num_threads(1)
    attention = EditedAttention()
    transformers.AttentionInterface.register("edited", attention)
    # Without one of its own for this name transformers makes no mask; the attention above makes the causal one.
    model = transformers.AutoModelForCausalLM.from_pretrained(
        os.path.dirname(path) or ".", gguf_file=os.path.basename(path), dtype=torch.float32,
        attn_implementation="edited").eval()
    cases = [{"name": name, "text": text, "ids": ids, "edits": edit_json(edits),
              **figures(model, attention, ids, edits)} for name, text, ids, edits in CASES]
    out = {"madeBy": "tests/reference/make_reference.py", "transformers": transformers.__version__,
           "torch": torch.__version__, "sha256": digest, "cases": cases}
    target = os.path.join(ROOT, "resources", "reference_figures.json")
    with open(target, "w", encoding="utf-8") as file:
        file.write("{\n")  # one case a line: a change shows where it is
        head = {key: value for key, value in out.items() if key != "cases"}
        file.writelines(f" {json.dumps(key)}: {json.dumps(value)},\n" for key, value in head.items())
        file.write(' "cases": [\n  ' + ",\n  ".join(json.dumps(case) for case in cases) + "\n ]\n}\n")
    print(f"{target}: {os.path.getsize(target)} bytes, {len(cases)} cases")


if __name__ == "__main__":
    main()
