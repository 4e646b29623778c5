// SPDX-License-Identifier: Apache-2.0
// Copying and pasting of edits.
#include "ui/state/copied_edits.h"

#include "core/base/error.h"
#include "core/intervention/interop.h"
#include "core/intervention/intervention_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace sinkscope::ui {

namespace {

constexpr std::size_t kMostBytes = 1U << 20U; // of a text; all edits of a large model are a tenth

/// The edits of `from`, with their switches, added to `to` at the head `target`.
void addAt(EditList &to, const EditList &edits, HeadRef from, HeadRef target, const HeadGrid &grid)
{
    if (const EditEntry *entry = edits.findOrNull(from)) {
        to.set({target, entry->gamma});
        to.setSwitch(target, entry->isEnabled ? EditSwitch::On : EditSwitch::Off);
    }
    for (const OtherEdit &other : edits.others()) {
        if (!(other.edit.head == from))
            continue;
        HeadEdit edit = other.edit;
        edit.head = target;
        if (edit.kind == EditKind::KeyShared) // stands at the first head of its group
            edit.head.head = headsMovingWith(edit, grid).front();
        to.setEdit(edit);
        to.setSwitch(edit, other.isEnabled ? EditSwitch::On : EditSwitch::Off);
    }
}

void removeAt(EditList &edits, HeadRef head)
{
    edits.remove(head);
    const std::vector<OtherEdit> others = edits.others();
    for (const OtherEdit &other : others)
        if (other.edit.head == head)
            edits.remove(other.edit);
}

bool isSameShape(const std::vector<HeadRef> &left, const std::vector<HeadRef> &right)
{
    const auto offset = [](const std::vector<HeadRef> &heads, std::size_t place) {
        return std::pair(heads[place].layer.value - heads.front().layer.value,
            heads[place].head.value - heads.front().head.value);
    };
    bool isSame = left.size() == right.size();
    for (std::size_t place = 0; isSame && place < left.size(); ++place)
        isSame = offset(left, place) == offset(right, place);
    return isSame;
}

std::string headCount(std::size_t count)
{
    return count == 1 ? "1 head" : fmt::format("{} heads", count);
}

EditList checked(EditList edits, const HeadGrid &grid)
{
    edits.dropUnedited();
    edits.intervention().validate(grid);
    return edits;
}

/// Lines without marks of quotation and without comments.
std::string withoutMarks(std::string_view text)
{
    std::istringstream lines {std::string(text)};
    std::string kept;
    for (std::string line; std::getline(lines, line);) {
        const std::size_t start = line.find_first_not_of("> \t\r");
        if (start == std::string::npos || line[start] == '#')
            continue;
        kept += line.substr(start) + '\n';
    }
    return kept;
}

} // namespace

CopiedEdits copyEdits(const EditList &edits, std::vector<HeadRef> heads)
{
    std::ranges::sort(heads);
    CopiedEdits copied {std::move(heads), {}};
    for (const HeadRef head : copied.heads) {
        if (const EditEntry *entry = edits.findOrNull(head)) {
            copied.edits.set({head, entry->gamma});
            copied.edits.setSwitch(head, entry->isEnabled ? EditSwitch::On : EditSwitch::Off);
        }
    }
    for (const OtherEdit &other : edits.others()) {
        if (!std::ranges::binary_search(copied.heads, other.edit.head))
            continue;
        copied.edits.setEdit(other.edit);
        copied.edits.setSwitch(other.edit, other.isEnabled ? EditSwitch::On : EditSwitch::Off);
    }
    return copied;
}

std::string copiedText(const CopiedEdits &copied)
{
    if (!copied.edits.others().empty())
        return interventionToJson(copied.edits.intervention());
    std::string text;
    for (const HeadRef head : copied.heads) {
        const double gamma = copied.edits.effectiveFactor(head);
        text += fmt::format("L{}H{}={}\n", head.layer.value, head.head.value,
            gamma == 0.0 ? std::string("off") : fmt::format("{}", gamma));
    }
    return text;
}

CopiedEdits editsFromText(std::string_view text, const HeadGrid &grid)
{
    if (text.size() > kMostBytes)
        throw RequestError({.what = "the text is too long for edits",
            .given = fmt::format("{} bytes", text.size()),
            .expected = fmt::format("at most {}", kMostBytes)});
    const std::string plain = withoutMarks(text);
    if (plain.empty())
        throw RequestError({.what = "there are no edits on the clipboard",
            .expected = "L15H3=0.3, or a list of edits as JSON",
            .wayOut = "Copy factors first"});
    Intervention edits;
    if (plain.front() == '{' || plain.front() == '[' || plain.starts_with("layer")) {
        edits = interventionFromAnyForm(plain, "the clipboard", grid, std::nullopt);
    } else {
        std::istringstream words {plain};
        for (std::string word; words >> word;)
            if (word != "--edit")
                applyEditSpec(edits, word, grid);
    }
    edits.validate(grid);
    CopiedEdits copied {{}, EditList::fromIntervention(edits)};
    copied.heads = copied.edits.heads();
    if (copied.heads.empty())
        throw RequestError({.what = "the text on the clipboard names no edits"});
    return copied;
}

EditList pastedEdits(
    const EditList &edits, const CopiedEdits &copied, std::vector<HeadRef> targets, const HeadGrid &grid)
{
    std::ranges::sort(targets);
    const bool isOne = copied.heads.size() == 1;
    if (!isOne && !isSameShape(copied.heads, targets))
        throw RequestError({.what = "the copied edits do not fit the selection",
            .given = fmt::format("{} copied, {} selected{}", headCount(copied.heads.size()),
                headCount(targets.size()), copied.heads.size() == targets.size() ? " in another shape" : ""),
            .expected = "one copied head, or a selection of the same shape"});
    EditList after = edits;
    for (const HeadRef target : targets)
        removeAt(after, target);
    for (std::size_t place = 0; place < targets.size(); ++place)
        addAt(after, copied.edits, copied.heads[isOne ? 0 : place], targets[place], grid);
    return checked(std::move(after), grid);
}

EditList editsPutBack(const EditList &edits, const CopiedEdits &copied, const HeadGrid &grid)
{
    EditList after = edits;
    for (const HeadRef head : copied.heads)
        removeAt(after, head);
    for (const HeadRef head : copied.heads)
        addAt(after, copied.edits, head, head, grid);
    return checked(std::move(after), grid);
}

} // namespace sinkscope::ui
