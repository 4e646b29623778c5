// SPDX-License-Identifier: Apache-2.0
// Names of steps.
#include "ui/state/step_names.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace sinkscope::ui {

namespace {

constexpr int kDigits = 3;
constexpr double kSameRatio = 1e-9; // rounding of a product and a quotient of doubles is below 1e-15

QString translated(const char *text)
{
    return QCoreApplication::translate("StepNames", text);
}

/// A value before and after a step.
struct Turn {
    double from = 1.0;
    double to = 1.0;
    bool isFactor = true; ///< 1 is neutral; else it is added, and 0 is
};

double valueOf(const HeadEdit &edit)
{
    return edit.kind == EditKind::Bias ? edit.value : edit.gamma;
}

std::vector<Turn> plainTurns(const EditList &before, const EditList &after)
{
    std::vector<Turn> turns;
    const auto add = [&](HeadRef head) {
        const Turn turn {before.listedFactor(head), after.listedFactor(head)};
        if (turn.from != turn.to)
            turns.push_back(turn);
    };
    for (const EditEntry &entry : after.entries())
        add(entry.head);
    for (const EditEntry &entry : before.entries())
        if (!after.findOrNull(entry.head))
            add(entry.head);
    return turns;
}

/// Of edits of other kinds; nothing where one of them has no value.
std::optional<std::vector<Turn>> otherTurns(const EditList &before, const EditList &after)
{
    std::vector<Turn> turns;
    const auto add = [&](const HeadEdit &edit) {
        const OtherEdit *was = before.findOrNull(edit);
        const OtherEdit *is = after.findOrNull(edit);
        const double neutral = edit.kind == EditKind::Bias ? 0.0 : 1.0;
        const Turn turn {was ? valueOf(was->edit) : neutral, is ? valueOf(is->edit) : neutral,
            edit.kind != EditKind::Bias};
        if (turn.from != turn.to)
            turns.push_back(turn);
        return edit.kind != EditKind::Ablate || (was && is);
    };
    bool haveValues = true;
    for (const OtherEdit &other : after.others())
        haveValues = add(other.edit) && haveValues;
    for (const OtherEdit &other : before.others())
        if (!after.findOrNull(other.edit))
            haveValues = add(other.edit) && haveValues;
    return haveValues ? std::optional(turns) : std::nullopt;
}

QString word(double value, const Turn &turn)
{
    return turn.isFactor ? factorWord(value) : QString::number(value, 'g', kDigits);
}

} // namespace

QString factorWord(double gamma)
{
    return gamma == 0.0 ? translated("off") : QString::number(gamma, 'g', kDigits);
}

QString turnName(const EditList &before, const EditList &after, const QString &target)
{
    std::vector<Turn> turns = plainTurns(before, after);
    const std::optional<std::vector<Turn>> others = otherTurns(before, after);
    if (others)
        turns.insert(turns.end(), others->begin(), others->end());
    if (!others || turns.empty())
        return translated("turn %1").arg(target);
    const Turn &first = turns.front();
    const auto all = [&turns](auto holds) { return std::all_of(turns.begin(), turns.end(), holds); };
    if (all([&](const Turn &turn) { return turn.to == first.to && turn.isFactor == first.isFactor; })) {
        const bool isOneStart = all([&](const Turn &turn) { return turn.from == first.from; });
        return isOneStart
            ? translated("%1 %2 → %3").arg(target, word(first.from, first), word(first.to, first))
            : translated("%1 → %2").arg(target, word(first.to, first));
    }
    const double ratio = first.to / first.from;
    if (all([&](const Turn &turn) {
            return turn.isFactor && std::abs(turn.to - ratio * turn.from) <= kSameRatio * turn.to;
        }))
        return translated("%1 × %2").arg(target, QString::number(ratio, 'g', kDigits));
    return translated("turn %1").arg(target);
}

} // namespace sinkscope::ui
