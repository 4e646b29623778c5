// SPDX-License-Identifier: Apache-2.0
// A script that repeats a pass with transformers.
#include "core/analysis/python_script.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/base/version.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sinkscope {

namespace {

constexpr const char *kProgram = R"PY(

def load():
    if SHA256:
        with open(MODEL, "rb") as file:
            digest = hashlib.sha256()
            while block := file.read(1 << 20):
                digest.update(block)
        if digest.hexdigest() != SHA256:
            sys.exit(f"{MODEL} is another file: sha256 {digest.hexdigest()}, expected {SHA256}")
    folder, name = os.path.split(MODEL)
    where = dict(pretrained_model_name_or_path=folder or ".", gguf_file=name)
    if os.path.isdir(MODEL):
        where = dict(pretrained_model_name_or_path=MODEL)
    return AutoModelForCausalLM.from_pretrained(
        **where, dtype=torch.float32, attn_implementation="eager").eval()


def rows_of(edit, length):
    """Mask [length, 1] of the query rows; "last" is the prompt's last row and all that come after it."""
    first, end = edit["rows"] or (0, length)
    rows = torch.zeros(length, 1, dtype=torch.bool)
    rows[first:end if end is not None else length] = True
    return rows


def keys_of(edit, length):
    keys = torch.zeros(1, length, dtype=torch.bool)
    keys[:, edit["keys"][0]:edit["keys"][1]] = True
    return keys


def edited_head(scores, seen, edits):
    """Weights of one query head. scores, seen: [T, T]; seen marks the keys that a row sees."""
    length = scores.shape[-1]
    at = [(e, rows_of(e, length) & keys_of(e, length)) for e in edits if e["kind"] not in ("gain", "ablate")]
    for e, where in at:
        if e["kind"] == "key":
            scores = torch.where(where, scores * e["number"], scores)
    shift = torch.zeros_like(scores)
    for e, where in at:
        if e["kind"] == "logit":
            shift = shift + torch.where(where, torch.tensor(math.log(e["number"]) if e["number"] else -math.inf), 0.0)
        if e["kind"] == "bias":
            shift = shift + torch.where(where, torch.tensor(e["number"]), 0.0)
    shifted = (scores + shift).masked_fill(~seen, -math.inf)
    lost = (shifted == -math.inf).all(-1, keepdim=True)  # a row that would lose all its keys stays
    p = torch.softmax(torch.where(lost, scores.masked_fill(~seen, -math.inf), shifted), -1)
    factor = torch.ones_like(p)
    for e, where in at:
        if e["kind"] == "probability":
            factor = torch.where(where, factor * e["number"], factor)
    turned = p * factor
    total = turned.sum(-1, keepdim=True)
    changed = ((factor != 1) & seen).any(-1, keepdim=True) & (total > 0)
    return torch.where(changed, turned / total.clamp_min(torch.finfo(total.dtype).tiny), p)


def install(model):
    """Replaces the family's eager attention; edits act after keys and values are repeated for the query heads."""
    module = sys.modules[type(model).__module__]
    original = module.eager_attention_forward

    def attention(layer, query, key, value, mask, *args, **options):
        mine = [e for e in active if e["layer"] == layer.layer_idx]
        if not mine:
            return original(layer, query, key, value, mask, *args, **options)
        scaling = args[0] if args else options["scaling"]
        group = query.shape[1] // key.shape[1]
        key, value = key.clone(), value.repeat_interleave(group, 1)
        for kv_head, first, end, number in {
                (e["head"] // group, *e["keys"], e["number"]) for e in mine if e["kind"] == "keyShared"}:
            key[:, kv_head, first:end] *= number
        scores = query @ key.repeat_interleave(group, 1).transpose(2, 3) * scaling
        length = scores.shape[-1]
        seen = torch.ones(length, length, dtype=torch.bool).tril()
        if mask is not None:  # additive: 0 where a row sees a key
            seen &= mask[0, 0, :length, :length] == 0
        weights = torch.softmax(scores.masked_fill(~seen, -math.inf), -1)
        for head in {e["head"] for e in mine}:
            own = [e for e in mine if e["head"] == head and e["kind"] != "keyShared"]
            weights[0, head] = edited_head(scores[0, head], seen, own)
        out = weights @ value
        for e in mine:
            if e["kind"] in ("gain", "ablate"):
                rows = rows_of(e, length)
                out[0, e["head"]] *= torch.where(rows, 0.0 if e["kind"] == "ablate" else e["number"], 1.0)
        return out.transpose(1, 2).contiguous(), weights

    module.eager_attention_forward = attention


@torch.no_grad()
def figures(model):
    log_p = model(torch.tensor([TOKENS]), use_cache=False).logits[0, -1].double().log_softmax(-1)
    found = {"output entropy, nats": float(-(log_p.exp() * log_p).sum())}
    for text, ids in ANSWERS:
        rows = model(torch.tensor([TOKENS + ids]), use_cache=False).logits[0].double().log_softmax(-1)
        found[f"p({text!r})"] = math.exp(sum(float(rows[len(TOKENS) - 1 + at, i]) for at, i in enumerate(ids)))
    return found


active = []
if __name__ == "__main__":
    if transformers.__version__ != TRIED_WITH:
        print(f"transformers {transformers.__version__}; this script was tried with {TRIED_WITH}")
    model = load()
    install(model)
    for name, edits, shown in (("baseline", [], BASELINE), ("edited", EDITS, EDITED)):
        active[:] = edits
        print(f"{name}: {len(edits)} edits")
        for figure, value in figures(model).items():
            print(f"  {figure:32} {value:.8f}   Sinkscope {shown[figure]:.8f}   difference {value - shown[figure]:+.2e}")
)PY";

/// A Python literal: JSON's escapes are Python's too as long as text stays UTF-8.
std::string literal(const std::string &text)
{
    return nlohmann::json(repairUtf8(text)).dump(-1, ' ', false);
}

/// `rows`: None (all), or first and past the last (None: to the end).
std::string rowsLiteral(const QuerySelection &rows, std::size_t promptLast)
{
    switch (rows.kind) {
    case QuerySelection::Kind::All:
        return "None";
    case QuerySelection::Kind::Last:
        return fmt::format("({}, None)", promptLast);
    case QuerySelection::Kind::From:
        return fmt::format("({}, None)", rows.begin.value);
    case QuerySelection::Kind::Span:
        break;
    }
    return fmt::format("({}, {})", rows.begin.value, rows.end.value);
}

std::string editLiteral(const HeadEdit &edit, std::size_t promptLast)
{
    return fmt::format(
        R"(    {{"layer": {}, "head": {}, "kind": "{}", "keys": ({}, {}), "rows": {}, "number": {}}},)"
        "\n",
        edit.head.layer.value, edit.head.head.value, kindName(edit.kind), edit.key.begin.value,
        edit.key.end.value, rowsLiteral(edit.queries, promptLast),
        edit.kind == EditKind::Bias ? edit.value : edit.gamma);
}

void requirePlainTargets(const Intervention &intervention)
{
    const std::string wayOut =
        "Write the edits as numbers of heads first; scripts leave out what is computed from "
        "the prompt's own attention";
    if (!intervention.baselines().empty() || !intervention.frozen().empty())
        throw RequestError({.what = "a script cannot repeat a baseline that this program computes",
            .given = "baselines among the edits",
            .wayOut = wayOut});
    for (const HeadEdit &edit : intervention.edits())
        if (edit.key.kind == KeyTarget::Kind::FirstNonPad)
            throw RequestError({.what = "a script cannot look for the first token that is not padding",
                .given = "the target firstNonPad",
                .wayOut = "Give the edit the key's number"});
}

std::string figuresLiteral(const Snapshot &snapshot)
{
    std::string text = fmt::format("{{\"output entropy, nats\": {:.17g}", snapshot.output.entropyNats);
    const std::vector<AnswerScore> &answers = snapshot.output.answers;
    for (std::size_t at = 0; at < answers.size(); ++at)
        text += fmt::format(", f\"p({{ANSWERS[{}][0]!r}})\": {:.17g}", at, answers[at].p);
    return text + "}";
}

std::string answersLiteral(const OutputMetrics &output)
{
    std::string text = "[";
    for (const AnswerScore &answer : output.answers) {
        text += text.size() > 1 ? ", (" : "(";
        text += literal(answer.text) + ", [";
        for (const TokenId id : answer.ids)
            text += fmt::format("{}{}", text.back() == '[' ? "" : ", ", id.value);
        text += "])";
    }
    return text + "]";
}

} // namespace

std::string pythonScript(const ScriptSubject &subject)
{
    const Snapshot &shown = subject.shown;
    requirePlainTargets(shown.intervention);
    const std::vector<TokenId> &ids = shown.prompt->ids;
    std::string tokens;
    for (const TokenId id : ids)
        tokens += fmt::format("{}{}", tokens.empty() ? "" : ", ", id.value);
    std::string edits;
    for (const HeadEdit &edit : shown.intervention.edits())
        if (edit.hasEffect())
            edits += editLiteral(edit, ids.size() - 1);
    std::string text = fmt::format(
        "#!/usr/bin/env python3\n"
        "# Written by Sinkscope {}: the prompt, the answers and the edits on screen, computed again with "
        "transformers.\n"
        "# Needs: pip install torch transformers=={} gguf\n"
        "import hashlib\nimport math\nimport os\nimport sys\n\nimport torch\nimport transformers\n"
        "from transformers import AutoModelForCausalLM\n\n",
        kVersion, kTriedTransformers);
    text += fmt::format("TRIED_WITH = \"{}\"\nMODEL = {}\nSHA256 = \"{}\"\n", kTriedTransformers,
        literal(subject.model.path), subject.sha256);
    text += fmt::format("PROMPT = {}  # for reading; TOKENS is what runs\n", literal(shown.prompt->text));
    text +=
        fmt::format("TOKENS = [{}]\nANSWERS = {}  # text, tokens\n", tokens, answersLiteral(shown.output));
    text += "# rows: None (all), or the first row and the one past the last (None: to the end)\nEDITS = [\n"
        + edits + "]\n";
    text += fmt::format("BASELINE = {}  # figures of Sinkscope\nEDITED = {}\n",
        figuresLiteral(subject.baseline), figuresLiteral(shown));
    return text + kProgram;
}

} // namespace sinkscope
