// SPDX-License-Identifier: Apache-2.0
// The factor panel on what it turns: the factor of the initial token, or an edit of another kind.
#include "ui/panels/factor_panel.h"

#include "ui/models/edit_captions.h"
#include "ui/models/edits_model.h"
#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"

#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>

#include <cmath>

namespace sinkscope::ui {

static_assert(kGreatestBias == kGreatestAdditive); // the slider's labels are those of the bias

AxisScale scaleOf(const EditTarget &target)
{
    switch (target.kind) {
    case EditKind::Logit:
        return AxisScale::LnFactor;
    case EditKind::Bias:
        return AxisScale::Additive;
    default:
        return AxisScale::Factor;
    }
}

void FactorPanel::foldAdvanced()
{
    const bool isOpen = m_advanced->isChecked();
    m_target->setVisible(isOpen);
    if (!isOpen)
        m_bench.selection.setTarget({});
    nameFold();
    updateGeometry();
}

void FactorPanel::nameFold()
{
    const QString arrow = m_advanced->isChecked() ? QStringLiteral("▾") : QStringLiteral("▸");
    const bool isFull = m_density == Density::Full;
    m_advanced->setText(isFull ? tr("Advanced %1").arg(arrow) : arrow);
    m_advanced->setMaximumWidth(isFull ? QWIDGETSIZE_MAX : m_foldWidth);
}

void FactorPanel::refreshTarget()
{
    const EditTarget &target = m_bench.selection.target();
    m_target->setRefusal({});
    m_target->setTarget(target);
    if (!target.isPlain() && !m_advanced->isChecked()) // chosen in the list of edits
        m_advanced->setChecked(true);
    m_title->setTitle(
        target.isPlain() ? tr("Factor γ on the initial token") : tr("Edit: %1").arg(kindWord(target.kind)));
    const AxisScale scale = scaleOf(target);
    m_slider->setScale(scale);
    m_field->setScale(scale);
    m_field->setVisible(target.kind != EditKind::Ablate);
    m_slider->setVisible(target.kind != EditKind::Ablate);
    m_noCurve->setText(!canBeTurned() ? tr("No curve: this edit is refused.")
            : target.kind == EditKind::Ablate
            ? tr("No curve: curves are drawn over a factor, and an ablation has none.")
            : tr("No curve: curves are drawn over a factor, and a bias is added."));
}

void FactorPanel::refreshButtons()
{
    const EditTarget &target = m_bench.selection.target();
    const bool isAblation = target.kind == EditKind::Ablate;
    const bool isBias = target.kind == EditKind::Bias;
    m_setToOne->setText(isAblation ? tr("Restore") : isBias ? tr("Set to 0") : tr("Set to 1"));
    m_off->setText(isAblation ? tr("Ablate") : tr("Off"));
    m_off->setVisible(m_off->isVisibleTo(m_valueRow) && !isBias);
    m_setToOne->setToolTip(inShortLines(isAblation ? tr("Give every head of the scope its output back (0)")
            : isBias                               ? tr("Add nothing in every head of the scope (0)")
                                                   : tr("Factor 1 for every head of the scope (0)")));
    m_off->setToolTip(inShortLines(isAblation ? tr("The output of every head of the scope becomes 0 (O)")
            : target.isPlain()                ? tr("Factor 0: the initial token is not attended to (O)")
                                              : tr("Factor 0 for every head of the scope (O)")));
    if (isAblation) // nothing to give back
        m_setToOne->setEnabled(m_setToOne->isEnabled() && reading().lowest == 0.0);
    const FactorScope kind = m_bench.selection.scope();
    const QString label = kind == FactorScope::Edited ? tr("edited")
        : kind == FactorScope::All                    ? tr("all")
                                                      : subject();
    const QString symbol = isAblation            ? QString()
        : isBias                                 ? QStringLiteral("  b")
        : scaleOf(target) == AxisScale::LnFactor ? QStringLiteral("  ln γ")
                                                 : QStringLiteral("  γ");
    m_subject->setText(label + symbol);
}

/// What is said beside the number.
QString FactorPanel::valueRemark(double place) const
{
    switch (m_bench.selection.target().kind) {
    case EditKind::Ablate:
        return place == 0.0 ? tr("output 0") : tr("as it is");
    case EditKind::Bias:
        return tr("weight times %1").arg(formatPrecise(std::exp(biasAt(place))));
    case EditKind::Logit:
        return QStringLiteral("γ %1").arg(formatFactor(place));
    default:
        return QStringLiteral("ln γ %1").arg(formatLnFactor(place));
    }
}

/// Why nothing can be turned at the target that is chosen, in this model and prompt.
std::optional<UserMessage> FactorPanel::targetRefusal() const
{
    const AppState &state = m_bench.state;
    const EditTarget &target = m_bench.selection.target();
    if (target.isPlain() || !state.model() || !state.baseline() || state.isOfFormerPrompt())
        return std::nullopt;
    HeadEdit edit = editAt(target, m_bench.selection.head(), state.grid());
    edit.gamma = hasGamma(edit.kind) ? 0.5 : 1.0; // any that has an effect
    edit.value = edit.kind == EditKind::Bias ? 1.0 : 0.0;
    try {
        Intervention alone;
        alone.set(edit);
        alone.validate(state.grid(), static_cast<int>(state.baseline()->prompt->ids.size()));
    } catch (const RequestError &error) {
        return userMessage(tr("This edit is refused"), error.parts());
    }
    return std::nullopt;
}

bool FactorPanel::canBeTurned() const
{
    return !m_target->isUnreadable() && !targetRefusal();
}

QString FactorPanel::targetNote() const
{
    if (const std::optional<UserMessage> refusal = targetRefusal())
        return refusal->oneLine();
    const EditTarget &target = m_bench.selection.target();
    const AppState &state = m_bench.state;
    QStringList notes;
    const HeadEdit edit = editAt(target, m_bench.selection.head(), state.grid());
    if (target.kind == EditKind::KeyShared && state.model()) {
        const QString moved = groupWords(edit, state.grid());
        const bool isOneHead =
            m_bench.selection.scope() == FactorScope::Head && m_bench.selection.heads().size() == 1;
        if (!isOneHead)
            notes += tr("Moves all heads of each KV group together, in all queries. An experiment.");
        else if (moved.isEmpty())
            notes += tr("No other head shares this key. An experiment.");
        else
            notes += tr("%1, in all queries. An experiment.").arg(moved.left(1).toUpper() + moved.mid(1));
    }
    const EditEntry *factor = state.edits().findOrNull(m_bench.selection.head());
    if (!target.isPlain() && factor && factor->isEnabled && m_bench.selection.heads().size() == 1)
        notes += tr("This head has the factor %1 on key 0 as well.").arg(formatFactor(factor->gamma));
    if (!target.isPlain() && state.baseline() && !state.isOfFormerPrompt()) {
        const int tokens = static_cast<int>(state.baseline()->prompt->ids.size());
        const std::size_t blind = edit.rowsWithoutTarget(tokens, TokenPos(tokens - 1));
        if (blind > 0)
            notes += blind == 1 ? tr("1 query sees none of the keys and stays as it is.")
                                : tr("%1 queries see none of the keys and stay as they are.").arg(blind);
    }
    return notes.join(QLatin1Char(' '));
}

std::optional<EditSwitch> FactorPanel::shownSwitch(double &place) const
{
    const Selection &selection = m_bench.selection;
    if (selection.scope() != FactorScope::Head || selection.heads().size() != 1)
        return std::nullopt;
    const EditList &edits = m_bench.state.edits();
    if (selection.target().isPlain()) {
        const EditEntry *entry = edits.findOrNull(selection.head());
        if (!entry)
            return std::nullopt;
        place = entry->gamma;
        return entry->isEnabled ? EditSwitch::On : EditSwitch::Off;
    }
    const OtherEdit *other =
        edits.findOrNull(editAt(selection.target(), selection.head(), m_bench.state.grid()));
    if (!other)
        return std::nullopt;
    place = placeOf(other->edit);
    return other->isEnabled ? EditSwitch::On : EditSwitch::Off;
}

void FactorPanel::apply(const std::vector<HeadFactor> &places)
{
    const EditTarget &target = m_bench.selection.target();
    if (target.isPlain()) {
        m_bench.state.setFactors(places, subject());
        return;
    }
    if (target.kind == EditKind::Ablate)
        return ablate(places);
    const QString name = tr("%1, %2").arg(subject(), targetWords(target));
    const std::optional<UserMessage> refusal =
        m_bench.state.setEdits(editsAt(target, places, m_bench.state.grid()), name);
    m_target->setRefusal(refusal ? refusal->oneLine() : QString());
    if (refusal)
        refresh(); // the handle goes back to what is
}

void FactorPanel::ablate(const std::vector<HeadFactor> &places)
{
    const EditTarget &target = m_bench.selection.target();
    const bool ablates = !places.empty() && places.front().gamma == 0.0;
    if (!ablates && !(places.empty() || places.front().gamma == 1.0))
        return; // a step of the keys: nothing lies between
    const std::vector<HeadEdit> edits = editsAt(target, places, m_bench.state.grid());
    if (!ablates) {
        m_bench.state.removeOthers(edits);
        return;
    }
    const std::optional<UserMessage> refusal =
        m_bench.state.setEdits(edits, tr("%1, %2").arg(subject(), targetWords(target)));
    m_target->setRefusal(refusal ? refusal->oneLine() : QString());
}

} // namespace sinkscope::ui
