# SPDX-License-Identifier: Apache-2.0
"""Times as many tokens with transformers, llama.cpp and Sinkscope in turn. Started by run, in its environment."""
import argparse
import gc
import importlib.metadata
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import llama_cpp
import torch
import transformers

THREADS = 2
LEAST_ROUNDS = 5
F16 = 1  # LLAMA_FTYPE_MOSTLY_F16 of llama.h
GAMMA = 0.5
# Enough for the file to be in memory and the clocks to be up.
WARM_UPS = 2


class Transformers:
    """fp32, eager attention, all attentions returned."""

    def __init__(self, path, ids):
        torch.set_num_threads(THREADS)
        self.model = transformers.AutoModelForCausalLM.from_pretrained(
            os.path.dirname(path), gguf_file=os.path.basename(path), dtype=torch.float32,
            attn_implementation="eager").eval()
        self.ids = torch.tensor([ids])

    def plain(self):
        with torch.no_grad():
            return self.model(self.ids, output_attentions=True, use_cache=False)

    def hooked(self):
        """The four lines of the paper on one head of the middle layer: scale key 0 after the softmax, renormalise,
        and multiply with the values again."""
        attention = self.model.model.layers[self.model.config.num_hidden_layers // 2].self_attn
        module = sys.modules[type(attention).__module__]
        original = module.eager_attention_forward

        def scaled(owner, query, key, value, *rest, **named):
            out, weights = original(owner, query, key, value, *rest, **named)
            if owner is attention:
                weights[:, 0, 1:, 0] *= GAMMA
                weights[:, 0] /= weights[:, 0].sum(-1, keepdim=True)
                shared = value.repeat_interleave(owner.num_key_value_groups, 1)
                out = (weights @ shared).transpose(1, 2).contiguous()
            return out, weights

        module.eager_attention_forward = scaled
        try:
            return self.plain()
        finally:
            module.eager_attention_forward = original


class LlamaCpp:
    """One batch of the whole prompt, logits of the last token, no attention."""

    def __init__(self, path, ids):
        self.llama = llama_cpp.Llama(path, n_ctx=max(512, len(ids)), n_batch=len(ids), n_ubatch=len(ids),
                                     n_threads=THREADS, n_threads_batch=THREADS, logits_all=False, verbose=False)
        self.ids = ids

    def run(self):
        self.llama.reset()
        self.llama.eval(self.ids)


def converted(path, folder):
    """An F16 copy of `path`, by llama.cpp's own conversion."""
    target = os.path.join(folder, "f16.gguf")
    options = llama_cpp.llama_model_quantize_default_params()
    options.ftype = F16
    options.nthread = THREADS
    options.allow_requantize = True
    if llama_cpp.llama_model_quantize(path.encode(), target.encode(), options) != 0:
        sys.exit("compare: llama.cpp could not convert the file to F16")
    return target


def bench(options):
    """Full pass, slider steps and restarts of Sinkscope at the length asked for, in milliseconds."""
    command = [options.cli, "bench", options.model, "--tokens", str(options.tokens), "--threads", str(THREADS),
               "--backend", options.backend, "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def best_backend(cli, model):
    answer = subprocess.run([cli, "info", model, "--json"], check=True, capture_output=True, text=True).stdout
    return json.loads(answer)["backends"][0]


def milliseconds(work):
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def full_tokens(report):
    return report["forward"][0]["tokens"]


def ours_of(report):
    full = report["forward"][0]["medianMs"]
    steps = {row["layer"]: row["medianMs"] for row in report["sliderStep"]}
    last = max(row["layer"] for row in report["restart"])
    found = {"full": full}
    if report["drag"]["tokens"] != full_tokens(report):
        return found  # the slider steps are of another length
    for name, layer in (("middle", (last + 1) // 2), ("last", last)):
        if layer in steps:
            found[name] = steps[layer]
    return found


def measure(options):
    ids = [1 + 7 * index % 40000 for index in range(options.tokens)]
    with tempfile.TemporaryDirectory() as folder:
        f16 = converted(options.model, folder)
        peers = Transformers(options.model, ids)
        stored, half = LlamaCpp(options.model, ids), LlamaCpp(f16, ids)
        works = {"transformers": peers.plain, "hook": peers.hooked, "llama.cpp": stored.run, "llama.cpp F16": half.run}
        for _ in range(WARM_UPS):
            for work in works.values():
                work()
        times = {name: [] for name in [*works, "full", "middle", "last"]}
        report = None
        for number in range(options.rounds):
            for name, work in works.items():
                times[name].append(milliseconds(work))
            report = bench(options)
            for name, value in ours_of(report).items():
                times[name].append(value)
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            gc.collect()
    return {name: statistics.median(values) for name, values in times.items() if values}, report


def ratios(medians):
    """(what, peer, ours) of each line of the table."""
    rows = [("full pass, all attention, vs transformers eager with attentions", "transformers", "full"),
            ("the same vs llama.cpp F16 without attention", "llama.cpp F16", "full"),
            ("the same vs llama.cpp on the file itself", "llama.cpp", "full"),
            ("slider step at the middle layer vs the hook in transformers", "hook", "middle"),
            ("slider step at the last layer vs the hook in transformers", "hook", "last")]
    return [row for row in rows if row[2] in medians]


def print_table(medians, about):
    print("\n".join(f"{name}: {value}" for name, value in about.items()))
    print("\n| comparison | peer ms | ours ms | ratio |\n|---|---|---|---|")
    for what, peer, ours in ratios(medians):
        print(f"| {what} | {medians[peer]:.1f} | {medians[ours]:.1f} | {medians[peer] / medians[ours]:.2f}x |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--model", default=os.path.expanduser(
        "~/.local/share/sinkscope/models/SmolLM2-135M-Instruct.Q4_1.gguf"))
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=LEAST_ROUNDS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.rounds < LEAST_ROUNDS:
        parser.error(f"--rounds is {LEAST_ROUNDS} or more")
    options.model = os.path.realpath(options.model)
    options.backend = best_backend(options.cli, options.model)
    load_before = os.getloadavg()[0]
    medians, report = measure(options)
    about = {"processor": report["processor"], "instruction set": report.get("instructionSet", ""),
             "model": os.path.basename(options.model), "tokens": options.tokens, "threads": THREADS,
             "rounds": options.rounds, "sinkscope backend": options.backend,
             "load before": f"{load_before:.1f}",
             **{name: importlib.metadata.version(name) for name in ("torch", "transformers", "llama-cpp-python")}}
    if options.json:
        print(json.dumps({"about": about, "mediansMs": medians,
                          "ratios": {what: medians[peer] / medians[ours] for what, peer, ours in ratios(medians)}}))
    else:
        print_table(medians, about)


if __name__ == "__main__":
    main()
