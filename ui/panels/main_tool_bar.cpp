// SPDX-License-Identifier: Apache-2.0
// The toolbar.
#include "ui/panels/main_tool_bar.h"

#include "ui/state/example_prompts.h"

#include <QtCore/QFileInfo>
#include <QtWidgets/QAction>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFrame>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>

namespace sinkscope::ui {

namespace {

constexpr int kLineHeight = 24; ///< px of the line beside the tabs
constexpr int kManyLetters = 40; ///< of the model's name
constexpr int kFewLetters = 26;

} // namespace

MainToolBar::MainToolBar(Workbench &bench, const Parts &parts, QWidget *parent)
    : QToolBar(parent)
    , m_bench(bench)
    , m_row(new QWidget(this))
    , m_tabs(new PerspectiveTabs(parts.perspectives, m_row))
    , m_line(new QFrame(m_row))
    , m_model(new QToolButton(m_row))
    , m_examples(new ShrinkingBox(m_row))
    , m_edited(new QLabel(m_row))
{
    setObjectName(QStringLiteral("mainToolBar"));
    setWindowTitle(tr("Toolbar"));
    setMovable(false);
    setFloatable(false);
    toggleViewAction()->setVisible(false);
    nameControl(m_model, "modelButton", tr("Model"), tr("The open model; click to open another"));
    m_model->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_model->setFocusPolicy(Qt::TabFocus);
    connect(m_model, &QToolButton::clicked, this,
        [this, menu = parts.modelMenu] { menu->popup(m_model->mapToGlobal(QPoint(0, m_model->height()))); });
    nameControl(m_examples, "examplePrompts", tr("Example prompts"),
        tr("Put an example prompt and its answers in place"));
    leaveWheel(m_examples);
    m_examples->addItem(tr("Own prompt"));
    for (const ExamplePrompt &example : examplePrompts())
        m_examples->addItem(example.name);
    QToolButton *const undo = historyButton(parts.undo, "undoButton"); // made in the order of Tab
    QToolButton *const redo = historyButton(parts.redo, "redoButton");
    m_side = new SegmentRow({{"sideBaseline", tr("Baseline"), tr("Show the model without edits (Space)")},
                                {"sideEdited", tr("Edited"), tr("Show the model with the edits (Space)")},
                                {"sideDifference", tr("Difference"), tr("Show edited minus baseline (D)")}},
        m_row);
    m_edited->setObjectName(QStringLiteral("editedCount"));
    m_edited->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_reset = new QPushButton(tr("Reset all"), m_row);
    nameControl(m_reset, "resetAllButton", tr("Reset all factors"),
        tr("Set the factor of every head to 1 (can be undone)"));
    auto *row = new QHBoxLayout(m_row);
    row->setContentsMargins(8, 0, 16, 0);
    row->setSpacing(8);
    row->addWidget(m_tabs);
    row->addWidget(m_line);
    row->addWidget(m_model);
    row->addWidget(m_examples);
    row->addWidget(undo);
    row->addWidget(redo);
    row->addStretch(1);
    row->addWidget(m_side);
    row->addSpacing(8);
    row->addWidget(m_edited);
    row->addSpacing(8);
    row->addWidget(m_reset);
    addWidget(m_row);
    connectState();
    m_side->setCurrent(static_cast<int>(bench.selection.side()));
    refreshModel();
    refreshExample();
}

QToolButton *MainToolBar::historyButton(QAction *action, const char *objectName)
{
    auto *button = new QToolButton(m_row);
    button->setDefaultAction(action);
    button->setObjectName(QLatin1String(objectName));
    button->setAccessibleName(action->text());
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

void MainToolBar::connectState()
{
    AppState &state = m_bench.state;
    connect(m_examples, QOverload<int>::of(&QComboBox::activated), this, &MainToolBar::chooseExample);
    connect(m_side, &SegmentRow::chosen, this,
        [this](int index) { m_bench.selection.setSide(static_cast<Side>(index)); });
    connect(&m_bench.selection, &Selection::sideChanged, this,
        [this](Side side) { m_side->setCurrent(static_cast<int>(side)); });
    m_reset->setFocusPolicy(Qt::TabFocus); // a click leaves the keys where they are
    connect(m_reset, &QPushButton::clicked, &state, &AppState::resetAllEdits);
    connect(&state, &AppState::modelChanged, this, &MainToolBar::refreshModel);
    connect(&state, &AppState::editsChanged, this, &MainToolBar::refreshEdits);
    connect(&state, &AppState::promptChanged, this, &MainToolBar::refreshExample);
    connect(&state, &AppState::answersChanged, this, &MainToolBar::refreshExample);
}

void MainToolBar::setTheme(const Theme &theme)
{
    m_row->setMinimumHeight(theme.type().scaled(40));
    m_tabs->setTheme(theme);
    m_line->setFixedSize(1, theme.type().scaled(kLineHeight));
    QPalette line = m_line->palette();
    line.setColor(QPalette::Window, theme.colours().line);
    m_line->setPalette(line);
    m_line->setAutoFillBackground(true);
    nameModel();
    layout()->setContentsMargins(0, 0, 0, 0);
}

void MainToolBar::setDensity(Density density)
{
    m_density = density;
    m_side->setText(2, density == Density::Compact ? tr("Diff.") : tr("Difference"));
    nameModel();
}

void MainToolBar::resizeEvent(QResizeEvent *event)
{
    QToolBar::resizeEvent(event);
    makeRoom();
}

void MainToolBar::makeRoom()
{
    const QLayout &row = *m_row->layout();
    const int own = m_edited->minimumWidth() + row.spacing();
    const int needed = row.minimumSize().width() + (m_edited->isHidden() ? own : 0);
    m_edited->setVisible(needed <= width());
}

void MainToolBar::refreshModel()
{
    const std::shared_ptr<const Model> model = m_bench.state.model();
    QString name = tr("Open a model");
    if (model) {
        const QFileInfo file(QString::fromStdString(model->path));
        name = file.completeBaseName();
        m_model->setToolTip(tr("%1: %2, %3")
                                .arg(file.filePath(), QString::fromStdString(model->config.name),
                                    QString::fromStdString(model->formatName)));
    }
    m_modelName = name;
    nameModel();
    m_side->setEnabled(model != nullptr);
    refreshEdits();
}

void MainToolBar::nameModel()
{
    const QFontMetrics metrics = m_model->fontMetrics();
    const int most =
        metrics.averageCharWidth() * (m_density == Density::Compact ? kFewLetters : kManyLetters);
    m_model->setText(metrics.elidedText(m_modelName, Qt::ElideMiddle, most) + QStringLiteral("  ▾"));
}

void MainToolBar::refreshEdits()
{
    const HeadGrid grid = m_bench.state.grid();
    const int heads = grid.layerCount * grid.headCount;
    const auto text = [heads](int edited) { return tr("%1 of %2 heads edited").arg(edited).arg(heads); };
    m_edited->setText(m_bench.state.model() ? text(m_bench.state.edits().editedHeadCount()) : QString());
    m_edited->setMinimumWidth(m_edited->fontMetrics().horizontalAdvance(text(heads))); // neighbours stay put
    const bool isEdited = !m_bench.state.edits().isEmpty();
    if (!isEdited && m_reset->hasFocus()) // a key pressed it: the next one can take it back
        m_row->findChild<QToolButton *>(QStringLiteral("undoButton"))->setFocus(Qt::OtherFocusReason);
    m_reset->setEnabled(isEdited);
    makeRoom();
}

void MainToolBar::refreshExample()
{
    const SessionValue &session = m_bench.state.session();
    const std::vector<ExamplePrompt> examples = examplePrompts();
    int current = 0;
    for (std::size_t index = 0; index < examples.size(); ++index) {
        if (examples[index].prompt == session.prompt && examples[index].answers == session.answers)
            current = static_cast<int>(index) + 1;
    }
    m_examples->setCurrentIndex(current);
}

void MainToolBar::chooseExample(int index)
{
    const std::vector<ExamplePrompt> examples = examplePrompts();
    if (index < 1 || static_cast<std::size_t>(index) > examples.size()) {
        refreshExample();
        return;
    }
    const ExamplePrompt &example = examples[static_cast<std::size_t>(index) - 1];
    m_bench.state.setPromptAndAnswers(example.prompt, example.answers);
}

} // namespace sinkscope::ui
