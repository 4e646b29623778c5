// SPDX-License-Identifier: Apache-2.0
// Scope, number, slider and the curves below it.
#include "ui/panels/factor_panel.h"

#include "ui/panels/curve_menu.h"
#include "ui/panels/curve_series.h"
#include "ui/models/edits_model.h"
#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"

#include <QtWidgets/QAction>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kFoldWidth = 20; ///< px of the button where there is room for an arrow alone
constexpr int kValueRow = 32; ///< px: the number, and two lines of a note

FactorScope scopeAt(int index)
{
    return static_cast<FactorScope>(index);
}

} // namespace

FactorPanel::FactorPanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(tr("Factor γ on the initial token"), this))
{
    // Made in the order in which Tab goes through them.
    m_curveMenu = new CurveMenu(bench.settings, this);
    m_title->addYieldingControl(m_curveMenu);
    m_scopes =
        new SegmentRow({{"scopeHead", tr("Head"), tr("Turn the selected head")},
                           {"scopeLayer", tr("Layer"), tr("Turn all heads of the selected layer together")},
                           {"scopeEdited", tr("Edited"), tr("Turn all edited heads together")},
                           {"scopeAll", tr("All"), tr("Turn all heads of the model together")}},
            this);
    m_advanced = new QToolButton(this);
    m_advanced->setCheckable(true);
    m_advanced->setFocusPolicy(Qt::TabFocus);
    nameControl(m_advanced, "advancedButton", tr("Advanced edits"),
        tr("Advanced: other kinds of edits than the factor on the initial token, other keys, chosen "
           "queries"));
    m_target = new EditTargetBox(this);
    m_target->hide();
    m_valueRow = makeValueRow();
    m_slider = new FactorSlider(SliderSize::Large, this);
    m_noCurve = new QLabel(this);
    m_noCurve->setObjectName(QStringLiteral("noCurve"));
    m_noCurve->setWordWrap(true);
    m_noCurve->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_noCurve->setContentsMargins(kMargin, 8, kMargin, 0);
    m_noCurve->hide();
    m_below = new CurvesAndHeads(bench, this);
    m_curves = &m_below->curves();
    m_slider->setObjectName(QStringLiteral("factorSlider"));
    m_slider->showLineBelow();
    auto *scopes = new QHBoxLayout;
    scopes->setContentsMargins(kMargin, 0, kMargin, 4);
    scopes->addWidget(m_scopes);
    scopes->addStretch(1);
    scopes->setSpacing(2);
    scopes->addWidget(m_advanced);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 8);
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addLayout(scopes);
    column->addWidget(m_target);
    column->addWidget(m_valueRow);
    column->addWidget(m_slider);
    column->addWidget(m_noCurve, 1);
    column->addWidget(m_below, 1);
    connectControls();
    connectState();
    nameFold();
    refreshScopes();
    refresh();
}

QWidget *FactorPanel::makeValueRow()
{
    auto *row = new QWidget(this);
    m_subject = new QLabel(row);
    m_subject->setObjectName(QStringLiteral("factorSubject"));
    m_field = new FactorField(row);
    nameControl(m_field, "factorField", tr("Factor"),
        tr("Factor on the initial token: 2.5, off, ln 0.9, /2 or *2; Enter applies"));
    m_lnFactor = new QLabel(row);
    m_lnFactor->setObjectName(QStringLiteral("lnFactor"));
    m_note = new QLabel(row);
    m_note->setObjectName(QStringLiteral("factorNote"));
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    m_note->hide();
    m_setToOne = new QPushButton(tr("Set to 1"), row);
    nameControl(m_setToOne, "setToOneButton", tr("Set the factor to 1"),
        tr("Factor 1 for every head of the scope (0)"));
    m_off = new QPushButton(tr("Off"), row);
    nameControl(m_off, "factorOffButton", tr("Switch the initial token off"),
        tr("Factor 0: the initial token is not attended to (O)"));
    m_subject->setBuddy(m_field);
    addQuickActions(row);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(kMargin, 0, kMargin, 0); // a note uses the whole height
    layout->setSpacing(8);
    layout->addWidget(m_subject);
    layout->addWidget(m_field);
    m_lnFactor->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // its text never widens the dock
    layout->addWidget(m_lnFactor, 1);
    layout->addWidget(m_note, 1);
    layout->addWidget(m_setToOne);
    layout->addWidget(m_off);
    return row;
}

void FactorPanel::addQuickActions(QWidget *control)
{
    // What the two buttons do, also where there is no room for them.
    const std::pair<QString, double> choices[] = {{tr("Set to 1"), 1.0}, {tr("Off"), 0.0}};
    for (const auto &[text, gamma] : choices) {
        auto *action = new QAction(text, control);
        connect(action, &QAction::triggered, this, [this, to = gamma] { levelAll(to); });
        control->addAction(action);
    }
    control->setContextMenuPolicy(Qt::ActionsContextMenu);
}

void FactorPanel::connectControls()
{
    addQuickActions(m_slider);
    connect(m_scopes, &SegmentRow::chosen, this,
        [this](int index) { m_bench.selection.setScope(scopeAt(index)); });
    connect(m_advanced, &QToolButton::toggled, this, &FactorPanel::foldAdvanced);
    connect(m_target, &EditTargetBox::chosen, this,
        [this](const EditTarget &target) { m_bench.selection.setTarget(target); });
    connect(m_target, &EditTargetBox::readabilityChanged, this, &FactorPanel::refresh);
    connect(m_slider, &FactorSlider::dragStarted, this, &FactorPanel::beginDrag);
    connect(m_slider, &FactorSlider::valueChanged, this, &FactorPanel::turnTo);
    connect(m_slider, &FactorSlider::ratioChanged, this, &FactorPanel::multiply);
    connect(m_slider, &FactorSlider::dragFinished, this, &FactorPanel::endDrag);
    connect(m_curves, &CurveView::dragStarted, m_slider, &FactorSlider::beginExternalDrag);
    connect(m_curves, &CurveView::valueChanged, m_slider, &FactorSlider::dragExternally);
    connect(m_curves, &CurveView::dragFinished, m_slider, &FactorSlider::endExternalDrag);
    connect(m_field, &FactorField::factorEntered, this, &FactorPanel::levelAll);
    connect(m_field, &FactorField::ratioEntered, this,
        [this](double ratio) { apply(multipliedScope(reading(), ratio)); });
    connect(m_field, &FactorField::messageChanged, this, [this](const QString &) { refresh(); });
    connect(m_curveMenu, &CurveMenu::kindsChanged, this, &FactorPanel::refreshCurves);
    m_curves->addActions(m_curveMenu->menu()->actions()); // also where the title has no room for the button
    m_curves->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(m_setToOne, &QPushButton::clicked, this, [this] { levelAll(1.0); });
    connect(m_off, &QPushButton::clicked, this, [this] { levelAll(0.0); });
}

void FactorPanel::connectState()
{
    AppState &state = m_bench.state;
    connect(&state, &AppState::editsChanged, this, &FactorPanel::refresh);
    connect(&state, &AppState::completed, this, &FactorPanel::refresh); // how many tokens there are
    connect(&state, &AppState::modelChanged, this, [this] {
        refreshScopes();
        refresh();
    });
    connect(&state, &AppState::answersChanged, this, &FactorPanel::refreshCurves);
    connect(&m_bench.preferences, &Preferences::changed, this, &FactorPanel::refreshCurves); // their unit
    connect(&state, &AppState::freshChanged, this, &FactorPanel::refreshFreshness);
    connect(&state, &AppState::promptChanged, this, &FactorPanel::refreshFreshness);
    connect(&m_bench.selection, &Selection::headsChanged, this, [this] {
        refreshScopes();
        refresh();
    });
    connect(&m_bench.selection, &Selection::scopeChanged, this, [this] {
        refreshScopes();
        refresh();
    });
    connect(&m_bench.selection, &Selection::targetChanged, this, [this] {
        refreshTarget();
        refresh();
    });
    connect(&m_bench.curves, &CurveFeed::factorCurveChanged, this, &FactorPanel::refreshCurves);
    connect(&state, &AppState::dragStarted, m_curves, &CurveView::beginDrag);
    connect(&state, &AppState::dragEnded, this, &FactorPanel::refresh); // of another slider too
    connect(&state, &AppState::dragEnded, m_curves, &CurveView::endDrag);
}

void FactorPanel::setTheme(const Theme &theme)
{
    m_title->setTheme(theme);
    m_target->setTheme(theme);
    m_foldWidth = theme.type().scaled(kFoldWidth);
    nameFold();
    m_field->setTheme(theme);
    m_slider->setTheme(theme);
    m_below->setTheme(theme);
    m_valueRow->setFixedHeight(theme.type().scaled(kValueRow));
    m_note->setFont(theme.type().axis);
    m_subject->setFont(theme.type().title);
    QPalette quiet = m_lnFactor->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_lnFactor->setPalette(quiet);
    m_noCurve->setPalette(quiet);
    QPalette warning = m_note->palette();
    warning.setColor(QPalette::WindowText, theme.colours().warning);
    m_note->setPalette(warning);
}

void FactorPanel::setDensity(Density density)
{
    m_density = density;
    m_below->setDensity(density);
    nameFold();
    refresh();
}

int FactorPanel::comfortableHeight(CurvesAndHeads::Comfort comfort) const
{
    const QSize least = m_below->minimumSizeHint();
    return minimumSizeHint().height() - least.height() + m_below->comfortableHeight(comfort);
}

ScopeReading FactorPanel::reading() const
{
    return readScope(m_bench.selection.scope(), m_bench.selection.heads(), m_bench.state.edits(),
        m_bench.state.grid(), m_bench.selection.target());
}

QString FactorPanel::subject() const
{
    const std::vector<HeadRef> &heads = m_bench.selection.heads();
    switch (m_bench.selection.scope()) {
    case FactorScope::Head:
        if (heads.size() > 1)
            if (const std::string group = m_bench.state.edits().groupOf(heads); !group.empty())
                return QString::fromStdString(group);
        return headsName(heads);
    case FactorScope::Layer:
        return tr("layer %1").arg(heads.front().layer.value);
    case FactorScope::Edited:
        return tr("edited heads");
    case FactorScope::All:
        break;
    }
    return tr("all heads");
}

void FactorPanel::beginDrag()
{
    m_start = reading();
    m_bench.state.beginDrag();
}

void FactorPanel::endDrag()
{
    m_bench.state.endDrag(subject(), m_slider->wasTurnedByKey() ? TurnedBy::Keys : TurnedBy::Mouse);
}

void FactorPanel::turnTo(double gamma)
{
    apply(levelledScope(m_bench.state.isDragging() ? m_start : reading(), gamma));
}

void FactorPanel::multiply(double ratio)
{
    apply(multipliedScope(m_bench.state.isDragging() ? m_start : reading(), ratio));
}

void FactorPanel::levelAll(double gamma)
{
    apply(levelledScope(reading(), gamma));
}

void FactorPanel::refreshScopes()
{
    const FactorScope scope = m_bench.selection.scope();
    const HeadGrid grid = m_bench.state.grid();
    m_scopes->setCurrent(static_cast<int>(scope));
    const std::size_t chosen = m_bench.selection.heads().size();
    const int layer = m_bench.selection.head().layer.value;
    m_scopes->setText(0, chosen == 1 ? tr("Head") : tr("%1 heads").arg(chosen));
    m_scopes->setTexts(1, tr("Layer %1").arg(layer), tr("L%1").arg(layer));
    m_scopes->setTexts(3, tr("All %1").arg(grid.layerCount * grid.headCount), tr("All"));
    m_below->setHeads(
        scope == FactorScope::Layer ? CurvesAndHeads::Heads::Shown : CurvesAndHeads::Heads::Hidden);
}

void FactorPanel::refresh()
{
    const ScopeReading scope = reading();
    const EditTarget &target = m_bench.selection.target();
    const bool isUsable = m_bench.state.model() != nullptr && !scope.isEmpty();
    const bool hasValue = target.kind != EditKind::Ablate;
    const bool isTurnable = (isUsable && canBeTurned()) || m_bench.state.isDragging();
    for (QWidget *control : std::initializer_list<QWidget *> {m_field, m_setToOne, m_off})
        control->setEnabled(isTurnable);
    m_slider->setEnabled(isTurnable && hasValue);
    m_slider->setSubject(subject());
    double gamma = scope.gamma;
    const std::optional<EditSwitch> shown = shownSwitch(gamma);
    const bool isOff = shown == EditSwitch::Off;
    m_slider->setActivity(isOff ? SliderActivity::SwitchedOff : SliderActivity::Active);
    if (scope.isMixed()) {
        showMixed(scope);
    } else {
        m_slider->setFactor(hasValue ? gamma : 1.0);
        m_field->setFactor(gamma);
        m_curves->setFactor(gamma);
        m_lnFactor->setFont(font());
        m_lnFactor->setText(valueRemark(gamma));
        m_lnFactor->setToolTip(QString());
    }
    m_target->setNote(targetNote());
    refreshNote(scope, isOff ? EditSwitch::Off : EditSwitch::On);
    refreshButtons();
    if (!m_bench.state.isDragging()) // a drag of the scope moves along its curve, which stays
        refreshCurves();
}

void FactorPanel::showMixed(const ScopeReading &scope)
{
    m_slider->setMixed({scope.lowest, scope.highest}, scope.gamma);
    m_field->setMixed(scope.gamma);
    m_curves->setMixed(scope.gamma);
    const AxisScale scale = scaleOf(m_bench.selection.target());
    const QString range = tr("%1 to %2").arg(valueText(scope.lowest, scale), valueText(scope.highest, scale));
    const QString mean = tr("mean %1").arg(valueText(scope.gamma, scale));
    m_lnFactor->setFont(m_note->font()); // two lines, where the buttons stand beside it
    m_lnFactor->setText(
        range + (m_density == Density::Full ? QStringLiteral("\n") : QStringLiteral(", ")) + mean);
    m_lnFactor->setToolTip(tr("%1 heads with factors of their own; the handle stands at their geometric "
                              "mean, and a drag multiplies all of them")
                               .arg(scope.heads.size()));
}

void FactorPanel::refreshNote(const ScopeReading &scope, EditSwitch edit)
{
    QString note = m_field->message();
    if (note.isEmpty() && m_bench.state.model() && scope.isEmpty() && !m_bench.state.isDragging())
        note = m_bench.selection.target().isPlain()
            ? (m_bench.state.edits().isEmpty() ? tr("No head is edited yet: turn one head first.")
                                               : tr("All edits are switched off: switch one on in the list."))
            : tr("No head has such an edit yet: turn one head first.");
    else if (note.isEmpty() && edit == EditSwitch::Off)
        note = tr("Switched off in the list");
    else if (note.isEmpty() && m_bench.state.baseline() && m_bench.state.baseline()->prompt->ids.size() == 1)
        note = tr("One token: it reads only itself, which no factor changes.");
    m_note->setText(note);
    m_note->setToolTip(inShortLines(note));
    m_note->setVisible(!note.isEmpty());
    m_lnFactor->setVisible(note.isEmpty());
    // A sentence takes the room of the two buttons, which could not be pressed or would drop what is typed.
    const bool needsRow = !m_field->message().isEmpty() || scope.isEmpty();
    const bool isAlone = m_bench.selection.target().kind == EditKind::Ablate; // nothing else can be turned
    for (QPushButton *button : {m_setToOne, m_off})
        button->setVisible((m_density == Density::Full || isAlone) && !needsRow);
}

void FactorPanel::refreshCurves()
{
    const bool isDrawn = hasFactor(m_bench.selection.target()) && canBeTurned();
    m_noCurve->setVisible(!isDrawn);
    m_below->setVisible(isDrawn);
    m_curves->setSeries(curveSeries(
        {m_bench.curves.factorCurve(), m_bench.curves.entropyCurve(), m_bench.state.session().answers,
            m_bench.selection.head(), m_curveMenu->kinds(), scaleOf(m_bench.selection.target())}));
    const std::optional<CurveProgress> progress = m_bench.curves.factorProgress();
    m_curves->setProgress(
        progress ? tr("  computing %1 of %2").arg(progress->known).arg(progress->wanted) : QString());
    m_below->fit();
    refreshFreshness();
}

void FactorPanel::refreshFreshness()
{
    const bool isOfNow = m_bench.state.baseline() && !m_bench.state.isOfFormerPrompt();
    m_curves->setFreshness(
        isOfNow && !m_bench.curves.isOldFactorCurve() ? Freshness::Fresh : Freshness::Stale);
}

} // namespace sinkscope::ui
