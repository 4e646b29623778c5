// SPDX-License-Identifier: Apache-2.0
// Names, order and checks of edits.
#include "core/intervention/head_edit.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <tuple>

namespace sinkscope {

namespace {

constexpr std::array<std::pair<EditKind, const char *>, 7> kKindNames {{
    {EditKind::Probability, "probability"},
    {EditKind::Logit, "logit"},
    {EditKind::Key, "key"},
    {EditKind::KeyShared, "keyShared"},
    {EditKind::Bias, "bias"},
    {EditKind::Gain, "gain"},
    {EditKind::Ablate, "ablate"},
}};

// Beyond these fp32 loses the scores or overflows in the layers above; far outside what is of use.
constexpr double kLargestBias = 1e4;
constexpr double kLargestStateFactor = 1e4;

auto targetKey(const HeadEdit &edit)
{
    return std::tie(edit.head, edit.kind, edit.key, edit.queries);
}

std::string nameOf(const HeadEdit &edit)
{
    return fmt::format("layer {} head {}", edit.head.layer.value, edit.head.head.value);
}

void checkAmount(const HeadEdit &edit)
{
    if (!std::isfinite(edit.gamma) || edit.gamma < 0.0)
        throw RequestError({.what = fmt::format("the factor of {} is not usable", nameOf(edit)),
            .given = fmt::format("gamma {}", edit.gamma),
            .expected = "a finite number of 0 or more (1 changes nothing, 0 removes the token)"});
    const bool scalesState = edit.kind == EditKind::Gain || edit.kind == EditKind::KeyShared;
    if (scalesState && edit.gamma > kLargestStateFactor)
        throw RequestError({.what = fmt::format("the factor of {} is too large for kind {}", nameOf(edit),
                                kindName(edit.kind)),
            .given = fmt::format("gamma {}", edit.gamma),
            .expected = fmt::format("at most {}", kLargestStateFactor)});
    if (!std::isfinite(edit.value) || std::abs(edit.value) > kLargestBias)
        throw RequestError({.what = fmt::format("the bias of {} is not usable", nameOf(edit)),
            .given = fmt::format("value {}", edit.value),
            .expected = fmt::format("a number between {} and {}", -kLargestBias, kLargestBias)});
}

} // namespace

const char *kindName(EditKind kind)
{
    return std::ranges::find(kKindNames, kind, &std::pair<EditKind, const char *>::first)->second;
}

std::optional<EditKind> kindByName(std::string_view name)
{
    for (const auto &[kind, known] : kKindNames)
        if (name == known)
            return kind;
    return std::nullopt;
}

const char *kindNameList()
{
    return "probability, logit, key, keyShared, bias, gain or ablate";
}

bool hasKeys(EditKind kind)
{
    return kind != EditKind::Gain && kind != EditKind::Ablate;
}

bool hasGamma(EditKind kind)
{
    return kind != EditKind::Bias && kind != EditKind::Ablate;
}

bool QuerySelection::contains(TokenPos query, TokenPos promptLast) const
{
    switch (kind) {
    case Kind::All:
        return true;
    case Kind::Last:
        return query >= promptLast;
    case Kind::From:
        return query >= begin;
    case Kind::Span:
        return query >= begin && query < end;
    }
    return false;
}

KeyTarget KeyTarget::firstNonPad()
{
    KeyTarget target;
    target.kind = Kind::FirstNonPad;
    return target;
}

bool HeadEdit::sameTarget(const HeadEdit &other) const
{
    return targetKey(*this) == targetKey(other);
}

bool targetLess(const HeadEdit &left, const HeadEdit &right)
{
    return targetKey(left) < targetKey(right);
}

bool HeadEdit::hasEffect() const
{
    if (kind == EditKind::Ablate)
        return true;
    return kind == EditKind::Bias ? value != 0.0 : gamma != 1.0;
}

std::size_t HeadEdit::rowsWithoutTarget(int tokenCount, TokenPos promptLast) const
{
    if (!hasKeys(kind) || key.kind == KeyTarget::Kind::FirstNonPad)
        return 0;
    std::size_t rows = 0;
    const std::int32_t blindEnd = std::min(key.begin.value, tokenCount); // row q sees keys 0..q
    for (TokenPos query; query.value < blindEnd; ++query)
        rows += queries.contains(query, promptLast) ? 1 : 0;
    return rows;
}

void checkEdit(const HeadEdit &edit)
{
    checkAmount(edit);
    if (edit.key.kind == KeyTarget::Kind::Keys && edit.key.begin >= edit.key.end)
        throw RequestError({.what = fmt::format("the span of keys of {} is empty", nameOf(edit)),
            .given = fmt::format("[{}, {})", edit.key.begin.value, edit.key.end.value),
            .expected = "a first key below the end"});
    if (!hasKeys(edit.kind) && edit.key != KeyTarget())
        throw RequestError({.what = fmt::format("kind {} of {} has no key: it acts on the output of the head",
                                kindName(edit.kind), nameOf(edit)),
            .expected = "no key, or key 0"});
    if (edit.kind == EditKind::KeyShared && edit.queries.kind != QuerySelection::Kind::All)
        throw RequestError({.what = fmt::format(
                                "kind keyShared of {} cannot act on chosen query rows: the stored key is the "
                                "same for all of them",
                                nameOf(edit)),
            .expected = "all queries",
            .wayOut = "Use kind key for chosen rows"});
}

std::vector<HeadIndex> headsMovingWith(const HeadEdit &edit, const HeadGrid &grid)
{
    if (edit.kind != EditKind::KeyShared)
        return {edit.head.head};
    const int size = grid.groupSize();
    const int first = edit.head.head.value / size * size;
    std::vector<HeadIndex> heads;
    for (int head = first; head < first + size; ++head)
        heads.emplace_back(head);
    return heads;
}

} // namespace sinkscope
