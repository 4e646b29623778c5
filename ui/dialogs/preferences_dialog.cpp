// SPDX-License-Identifier: Apache-2.0
// The box of the preferences.
#include "ui/dialogs/preferences_dialog.h"

#include "core/base/free_memory.h"
#include "core/base/thread_pool.h"
#include "core/tensor/gemm.h"
#include "ui/dialogs/preference_texts.h"
#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"

#include <QtWidgets/QComboBox>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>

#include <algorithm>
#include <array>

namespace sinkscope::ui {

namespace {

constexpr int kWidth = 700;
constexpr int kControlWidth = 190;
constexpr int kSectionGap = 14;

constexpr std::array kMaps {"viridis", "magma", "cividis", "grey"}; // in the order of the box

void nameWidget(QWidget *widget, const char *objectName, const QString &name, const QString &toolTip)
{
    widget->setObjectName(QLatin1String(objectName));
    widget->setAccessibleName(name);
    widget->setToolTip(inShortLines(toolTip));
}

QLineEdit *makeField(QWidget *parent)
{
    auto *field = new QLineEdit(parent);
    field->setPlaceholderText(PreferencesDialog::tr("automatic"));
    return field;
}

} // namespace

PreferencesDialog::PreferencesDialog(PreferencesContext context, const Theme &theme, QWidget *parent)
    : QDialog(parent)
    , m_context(std::move(context))
    , m_grid(new QGridLayout)
{
    setObjectName(QStringLiteral("preferencesDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Preferences"));
    m_grid->setColumnStretch(2, 1);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(6);
    addLook();
    addComputing();
    addMemory();
    addModels();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->addLayout(m_grid);
    column->addSpacing(kSectionGap);
    column->addStretch(1);
    column->addWidget(makeButtons());
    setTheme(theme);
    refresh();
    resize(theme.type().scaled(kWidth), sizeHint().height());
    connect(&m_context.preferences, &Preferences::changed, this, &PreferencesDialog::refresh);
}

PreferencesDialog::~PreferencesDialog()
{
    for (const Row &row : m_rows) // a field that loses the focus while all goes has nobody left to tell
        row.control->disconnect(this);
}

void PreferencesDialog::addSection(const QString &title)
{
    if (!m_titles.empty())
        m_grid->setRowMinimumHeight(m_grid->rowCount(), kSectionGap);
    m_titles.push_back(new QLabel(title, this));
    m_grid->addWidget(m_titles.back(), m_grid->rowCount(), 0, 1, 3);
}

PreferencesDialog::Row PreferencesDialog::addRow(const RowTexts &texts, QWidget *control)
{
    const int line = m_grid->rowCount();
    Row row {control, new QLabel(this), new QLabel(this)};
    nameWidget(control, texts.objectName, texts.label, texts.toolTip);
    auto *label = new QLabel(texts.label, this);
    label->setBuddy(control);
    m_grid->addWidget(label, line, 0);
    m_grid->addWidget(control, line, 1);
    m_grid->addWidget(row.remark, line, 2);
    m_grid->addWidget(row.refusal, line + 1, 1, 1, 2);
    row.remark->setWordWrap(true);
    row.remark->setObjectName(QLatin1String(texts.objectName) + QStringLiteral("Remark"));
    row.refusal->setWordWrap(true);
    row.refusal->setObjectName(QLatin1String(texts.objectName) + QStringLiteral("Refusal"));
    row.refusal->hide();
    for (QLabel *words : {row.remark, row.refusal})
        words->setTextFormat(Qt::PlainText);
    m_rows.push_back(row);
    return row;
}

QComboBox *PreferencesDialog::makeChoice(
    const QStringList &choices, const std::function<void(PreferenceValues &, int)> &take)
{
    auto *box = new QComboBox(this);
    box->addItems(choices);
    connect(box, QOverload<int>::of(&QComboBox::activated), this,
        [this, take](int index) { change([&](PreferenceValues &values) { take(values, index); }); });
    return box;
}

void PreferencesDialog::addLook()
{
    addSection(tr("Look"));
    m_theme = addRow({"preferTheme", tr("Theme"), tr("Light or dark, or as the system has it")},
        makeChoice({tr("As the system"), tr("Light"), tr("Dark")},
            [](PreferenceValues &values, int index) { values.theme = static_cast<ThemeChoice>(index); }));
    m_colours = addRow({"preferColours", tr("Colours of the maps"),
                           tr("Colours from little to much; all of them grow lighter or darker evenly")},
        makeChoice(
            {tr("Viridis"), tr("Magma"), tr("Cividis"), tr("Grey")}, [](PreferenceValues &values, int index) {
                values.colourMap = QLatin1String(kMaps[std::size_t(index)]);
            }));
    m_unit = addRow(
        {"preferUnit", tr("Entropies in"),
            tr("Unit of entropies, margins and divergences in the window; files and exports keep nats")},
        makeChoice({tr("nats"), tr("bits")}, [](PreferenceValues &values, int index) {
            values.entropyUnit = static_cast<EntropyChoice>(index);
        }));
    m_unit.remark->setText(tr("1 nat is 1.443 bits; files and exports keep nats"));
}

void PreferencesDialog::addComputing()
{
    addSection(tr("Computing"));
    auto *threads = makeField(this);
    m_threads = addRow(
        {"preferThreads", tr("Threads"),
            tr("Threads that compute, 1 to %1; empty: one per processor").arg(Preferences::kMostThreads)},
        threads);
    connect(threads, &QLineEdit::editingFinished, this, &PreferencesDialog::takeThreads);
    m_precision =
        addRow({"preferPrecision", tr("While dragging"),
                   tr("Precision of the pictures while something is dragged; what stands when it ends is "
                      "always exact")},
            makeChoice({tr("Preview"), tr("Exact")}, [](PreferenceValues &values, int index) {
                values.dragPrecision = static_cast<DragPrecision>(index);
            }));
}

PreferencesDialog::Row PreferencesDialog::addAmount(const RowTexts &texts, AmountMember member)
{
    auto *field = makeField(this);
    const Amount amount {addRow(texts, field), member};
    m_amounts.push_back(amount);
    connect(field, &QLineEdit::editingFinished, this, [this, amount] { takeAmount(amount); });
    return amount.row;
}

void PreferencesDialog::addMemory()
{
    addSection(tr("Memory for"));
    addAmount({"preferCapture", tr("Captured attention"),
                  tr("Attention of all heads, kept for the maps: as 512 MiB or 1.5 GiB; empty: from the free "
                     "memory")},
        &PreferenceValues::captureBytes);
    addAmount({"preferAnswers", tr("Earlier answers"),
                  tr("Results kept so that undo and former prompts come back at once; empty: automatic")},
        &PreferenceValues::answerBytes);
    addAmount({"preferPictures", tr("Pictures"),
                  tr("Parts of the head's map kept while it is scrolled; empty: automatic")},
        &PreferenceValues::pictureBytes);
}

void PreferencesDialog::addModels()
{
    addSection(tr("Models"));
    auto *field = makeField(this);
    m_folder = addRow({"preferFolder", tr("Folder of models"),
                          tr("Where Open model begins; empty: where the last model was")},
        field);
    field->setPlaceholderText(tr("where the last model was"));
    auto *choose = new QPushButton(tr("&Choose..."), this);
    nameWidget(
        choose, "preferFolderChoose", tr("Choose the folder of models"), tr("Choose the folder of models"));
    choose->setAutoDefault(false);
    const int line = m_grid->rowCount() - 2;
    m_grid->removeWidget(m_folder.remark);
    m_folder.remark->hide();
    m_grid->addWidget(choose, line, 2, Qt::AlignLeft);
    connect(field, &QLineEdit::editingFinished, this, &PreferencesDialog::takeFolder);
    connect(choose, &QPushButton::clicked, this, [this, field] {
        m_context.prompts.askFolder(
            this, m_context.preferences.values().modelFolder, [this, field](const QString &path) {
                field->setText(path);
                takeFolder();
            });
    });
}

QWidget *PreferencesDialog::makeButtons()
{
    auto *bar = new QWidget(this);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    auto *restore = new QPushButton(tr("Restore &defaults"), bar);
    nameWidget(restore, "preferDefaults", tr("Restore defaults"), tr("Make every choice automatic again"));
    auto *close = new QPushButton(tr("Close"), bar);
    nameWidget(
        close, "preferClose", tr("Close the preferences"), tr("Close; what was chosen holds already (Esc)"));
    for (QPushButton *button : {restore, close})
        button->setAutoDefault(false); // Enter in a field takes what was typed
    row->addWidget(restore);
    row->addStretch(1);
    row->addWidget(close);
    connect(restore, &QPushButton::clicked, this, [this] {
        for (const Row &one : m_rows)
            refuse(one, {});
        m_context.preferences.restoreDefaults();
        refresh();
    });
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    return bar;
}

void PreferencesDialog::setTheme(const Theme &theme)
{
    for (QLabel *title : m_titles)
        title->setFont(theme.type().title);
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    QPalette warning = palette();
    warning.setColor(QPalette::WindowText, theme.colours().error);
    for (const Row &row : m_rows) {
        row.remark->setPalette(quiet);
        row.remark->setFont(theme.type().status);
        row.refusal->setPalette(warning);
        row.refusal->setFont(theme.type().status);
        row.control->setFixedWidth(theme.type().scaled(kControlWidth));
    }
}

void PreferencesDialog::change(const std::function<void(PreferenceValues &)> &edit)
{
    PreferenceValues values = m_context.preferences.values();
    edit(values);
    m_context.preferences.set(values);
}

void PreferencesDialog::refuse(const Row &row, const QString &sentence)
{
    row.refusal->setText(sentence);
    row.refusal->setVisible(!sentence.isEmpty());
    layout()->activate();
    resize(width(), std::max(height(), layout()->totalHeightForWidth(width())));
    row.control->setAccessibleDescription(sentence);
}

void PreferencesDialog::takeThreads()
{
    const TypedPreference<int> typed = readThreads(qobject_cast<QLineEdit *>(m_threads.control)->text());
    refuse(m_threads, typed.refusal);
    if (!typed.refusal.isEmpty())
        return;
    change([&](PreferenceValues &values) { values.threads = typed.value.value_or(0); });
    refreshThreads();
}

void PreferencesDialog::takeAmount(const Amount &amount)
{
    const TypedPreference<std::uint64_t> typed =
        readAmount(qobject_cast<QLineEdit *>(amount.row.control)->text(), m_context.availableMemory());
    const std::optional<std::uint64_t> now = m_context.preferences.values().*amount.member;
    const bool isAsItStands = typed.value && now && formatBytes(*typed.value) == formatBytes(*now);
    refuse(amount.row, isAsItStands ? QString() : typed.refusal);
    if (!typed.refusal.isEmpty()
        || isAsItStands) // what stands there is rounded; it is not to become the amount
        return;
    change([&](PreferenceValues &values) { values.*amount.member = typed.value; });
    refreshMemory();
}

void PreferencesDialog::takeFolder()
{
    const TypedPreference<QString> typed = readFolder(qobject_cast<QLineEdit *>(m_folder.control)->text());
    refuse(m_folder, typed.refusal);
    if (typed.refusal.isEmpty())
        change([&](PreferenceValues &values) { values.modelFolder = typed.value.value_or(QString()); });
}

/// Leaves what was refused for correction.
void PreferencesDialog::showText(const Row &row, const QString &text)
{
    auto *field = qobject_cast<QLineEdit *>(row.control);
    if (row.refusal->text().isEmpty() && field->text() != text)
        field->setText(text);
}

void PreferencesDialog::refresh()
{
    const PreferenceValues &values = m_context.preferences.values();
    const auto choose = [](const Row &row, int index) {
        qobject_cast<QComboBox *>(row.control)->setCurrentIndex(index);
    };
    choose(m_theme, static_cast<int>(values.theme));
    choose(m_unit, static_cast<int>(values.entropyUnit));
    int map = 0;
    for (std::size_t index = 0; index < kMaps.size(); ++index)
        if (values.colourMap == QLatin1String(kMaps[index]))
            map = static_cast<int>(index);
    choose(m_colours, map);
    refreshThreads();
    refreshPrecision();
    refreshMemory();
    showText(m_folder, values.modelFolder);
}

void PreferencesDialog::refreshThreads()
{
    const int threads = m_context.preferences.values().threads;
    const int processors = availableProcessors();
    showText(m_threads, threads > 0 ? QString::number(threads) : QString());
    const QString here = processors == 1 ? tr("1 processor here") : tr("%1 processors here").arg(processors);
    m_threads.remark->setText(threads > processors
            ? tr("%1: more threads than that wait for each other").arg(here)
            : threads > 0
            ? tr("%1; results do not depend on it").arg(here)
            : tr("automatic: %1, one per processor; results do not depend on it").arg(processors));
}

void PreferencesDialog::refreshPrecision()
{
    const QString absence = QString::fromStdString(amxAbsence());
    const bool isExact =
        !absence.isEmpty() || m_context.preferences.values().dragPrecision == DragPrecision::Exact;
    auto *box = qobject_cast<QComboBox *>(m_precision.control);
    box->setEnabled(absence.isEmpty());
    box->setCurrentIndex(static_cast<int>(isExact ? DragPrecision::Exact : DragPrecision::Preview));
    m_precision.remark->setText(!absence.isEmpty()
            ? tr("always exact here: the faster preview needs a tile unit (%1)").arg(absence)
            : isExact ? tr("every picture as exact as what is reported, and slower")
                      : tr("faster, right to some 0.001 %; exact when the drag ends"));
}

void PreferencesDialog::refreshMemory()
{
    const PreferenceValues &values = m_context.preferences.values();
    const std::optional<std::uint64_t> available = m_context.availableMemory();
    for (const Amount &amount : m_amounts) {
        const std::optional<std::uint64_t> chosen = values.*amount.member;
        showText(amount.row, chosen ? formatBytes(*chosen) : QString());
        std::uint64_t usual = Preferences::kUsualPictureBytes;
        if (amount.member == &PreferenceValues::captureBytes)
            usual = usualPatternBudget(available);
        else if (amount.member == &PreferenceValues::answerBytes)
            usual = Preferences::kUsualAnswerBytes;
        const QString free =
            available ? tr("of %1 free").arg(formatBytes(*available)) : tr("free memory unknown");
        amount.row.remark->setText(chosen ? free : tr("automatic: %1 %2").arg(formatBytes(usual), free));
    }
}

void showPreferences(const PreferencesContext &context, const Theme &theme, QWidget *window)
{
    auto *dialog = window->findChild<PreferencesDialog *>();
    if (!dialog)
        dialog = new PreferencesDialog(context, theme, window);
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
}

void setPreferencesTheme(const Theme &theme, const QWidget *window)
{
    if (auto *dialog = window->findChild<PreferencesDialog *>())
        dialog->setTheme(theme);
}

} // namespace sinkscope::ui
