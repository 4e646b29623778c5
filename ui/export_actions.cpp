// SPDX-License-Identifier: Apache-2.0
// What a person takes out of the window, as files and for the clipboard.
#include "ui/export_actions.h"

#include "core/analysis/python_script.h"
#include "core/analysis/snapshot_tensors.h"
#include "core/base/atomic_file.h"
#include "core/base/version.h"
#include "core/intervention/interop.h"
#include "ui/export_words.h"
#include "ui/html_page.h"

#include <fmt/format.h>

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStatusBar>

#include <set>

namespace sinkscope::ui {

namespace {

constexpr int kSaidMs = 6000;

/// Everything a table holds goes to `file`.
void writeTable(
    TableSubject subject, const SnapshotPair &pair, std::span<const HeadRef> heads, AtomicFile &file)
{
    const auto sink = [&file](std::string_view text) { file.append(text); };
    switch (subject) {
    case TableSubject::Heads:
        writeHeadsTable(pair, sink);
        break;
    case TableSubject::Attention:
        writeAttentionTable(pair, heads, sink);
        break;
    case TableSubject::NextTokens:
        writeNextTokensTable(pair, sink);
        break;
    case TableSubject::Answers:
        writeAnswersTable(pair, sink);
        break;
    }
}

} // namespace

ExportActions::ExportActions(Workbench &bench, FilePrompts &prompts, QMainWindow *window)
    : QObject(window)
    , m_bench(bench)
    , m_prompts(prompts)
    , m_window(window)
{
    connect(&m_files, &FileJob::written, this, [this](const QString &path) {
        say(tr("Written: %1").arg(path));
        Q_EMIT written(path);
    });
    connect(&m_files, &FileJob::failed, this,
        [this](const UserMessage &message) { m_prompts.showError(m_window, message); });
}

void ExportActions::addAction(QMenu *menu, const QString &text, const char *name, std::function<void()> act)
{
    QAction *action = menu->addAction(text);
    action->setObjectName(QLatin1String(name));
    connect(action, &QAction::triggered, this, [act = std::move(act)] { act(); });
}

void ExportActions::addTo(QMenu *menu)
{
    QMenu *exports = menu->addMenu(tr("E&xport"));
    exports->setObjectName(QStringLiteral("exportMenu"));
    QMenu *figures = exports->addMenu(tr("&Figure (PNG, SVG, PDF)"));
    for (const FigureSubject subject : {FigureSubject::Map, FigureSubject::Heads, FigureSubject::Grid,
             FigureSubject::Prompt, FigureSubject::Output, FigureSubject::Curves})
        addAction(figures, tr("%1...").arg(figureName(subject)), figureActionName(subject),
            [this, subject] { exportFigure(subject); });
    QMenu *tables = exports->addMenu(tr("&Table of numbers (CSV)"));
    for (const TableSubject subject :
        {TableSubject::Heads, TableSubject::Attention, TableSubject::NextTokens, TableSubject::Answers})
        addAction(tables, tr("%1...").arg(tableName(subject)), tableActionName(subject),
            [this, subject] { exportTable(subject); });
    addAction(exports, tr("&Attention of the selected layers (safetensors)..."), "exportTensors",
        [this] { exportTensors(); });
    addAction(exports, tr("&Page for a browser (HTML)..."), "exportPage", [this] { exportPage(); });
    addAction(exports, tr("P&ython script..."), "exportScript", [this] { exportScript(); });
    addAction(exports, tr("&Edits (JSON, Python, CSV, PASTA)..."), "exportEdits", [this] { exportEdits(); });
    addAction(menu, tr("&Import edits..."), "importEdits", [this] { importEdits(); });
}

void ExportActions::addCopiesTo(QMenu *menu)
{
    QMenu *copies = menu->addMenu(tr("&Copy"));
    copies->setObjectName(QStringLiteral("copyMenu"));
    addAction(copies, tr("&Value of the cell"), "copyValue", [this] { copyValue(); });
    copies->actions().constLast()->setShortcut(QKeySequence::Copy);
    addAction(copies, tr("&Row of the cell"), "copyRow", [this] { copyRow(); });
    copies->actions().constLast()->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+C")));
    addAction(copies, tr("&Figure of the map"), "copyFigure", [this] { copyFigure(); });
    addAction(copies, tr("As &Python"), "copyScript", [this] { copyScript(); });
}

bool ExportActions::hasModelOrSay()
{
    if (!m_bench.state.model())
        say(tr("Open a model first"));
    return m_bench.state.model() != nullptr;
}

std::optional<ExportActions::Shown> ExportActions::shownOrSay()
{
    const AppState &state = m_bench.state;
    if (!hasModelOrSay())
        return std::nullopt;
    if (!state.baseline() || !state.isComplete()) {
        say(tr("The pass is not complete yet: try again in a moment"));
        return std::nullopt;
    }
    const bool hasEdits = state.edited() && !state.intervention().changesNothing();
    return Shown {state.model(), state.baseline(), hasEdits ? state.edited() : state.baseline()};
}

void ExportActions::ask(const QString &title, const QString &path, const QStringList &filters,
    std::function<void(const QString &path)> chosen)
{
    m_prompts.askFile(m_window, {title, path, filters, FileUse::Save},
        [this, chosen = std::move(chosen)](const QString &file) {
            m_folder = QFileInfo(file).absolutePath();
            chosen(QFileInfo(file).absoluteFilePath());
        });
}

QString ExportActions::suggestedPath(const QString &what, const QString &suffix) const
{
    const QString folder = m_folder.isEmpty() ? QDir::homePath() : m_folder;
    const QString model = QFileInfo(QString::fromStdString(m_bench.state.model()->path)).completeBaseName();
    return QStringLiteral("%1/%2-%3.%4").arg(folder, model, what, suffix);
}

void ExportActions::writeText(const QString &path, std::string text)
{
    m_files.start(path, [text = std::move(text)](const std::string &target) {
        AtomicFile file(target);
        file.append(text);
        file.commit();
    });
}

void ExportActions::exportFigure(FigureSubject subject)
{
    if (!shownOrSay())
        return;
    const QStringList filters {
        tr("Picture at two px for one (*.png)"), tr("Drawing (*.svg)"), tr("Document (*.pdf)")};
    ask(tr("Export the figure"),
        suggestedPath(figureFileName(subject, m_bench.selection.head()), QStringLiteral("png")), filters,
        [this, subject](const QString &path) {
            const std::optional<Shown> shown = shownOrSay();
            if (!shown)
                return;
            const std::optional<FigureForm> form = figureFormOf(path);
            if (!form) {
                complain(tr("The figure cannot be written"),
                    RequestError({.what = "a figure has one of three forms",
                        .file = path.toStdString(),
                        .expected = "a name that ends with .png, .svg or .pdf",
                        .wayOut = "Choose a name with one of these endings"}));
                return;
            }
            const std::unique_ptr<QWidget> panel = figurePanel(subject);
            writeText(path, figureBytes(*panel, captionOf(subject, *shown), m_theme, *form).toStdString());
        });
}

void ExportActions::exportTable(TableSubject subject)
{
    const std::optional<Shown> shown = shownOrSay();
    if (!shown)
        return;
    ask(tr("Export the table"), suggestedPath(tableFileName(subject), QStringLiteral("csv")),
        {tr("Comma-separated values (*.csv)")},
        [this, subject, shown = *shown, heads = m_bench.selection.heads()](const QString &path) {
            m_files.start(path, [subject, shown, heads](const std::string &target) {
                AtomicFile file(target);
                writeTable(subject, shown.pair(), heads, file);
                file.commit();
            });
        });
}

void ExportActions::exportTensors()
{
    const std::optional<Shown> shown = shownOrSay();
    if (!shown)
        return;
    std::set<LayerIndex> layers;
    for (const HeadRef head : m_bench.selection.heads())
        layers.insert(head.layer);
    const std::map<std::string, std::string> metadata = tensorMetadata(
        shown->pair(), modelWords(*shown).toStdString(), m_bench.trust.statusText().toStdString());
    ask(tr("Export attention"), suggestedPath(QStringLiteral("attention"), QStringLiteral("safetensors")),
        {tr("Tensors for numpy and torch (*.safetensors)")},
        [this, shown = *shown, metadata, layers = std::vector<LayerIndex>(layers.begin(), layers.end())](
            const QString &path) {
            m_files.start(path, [shown, metadata, layers](const std::string &target) {
                writeSafetensors(target, hookTensors(shown.pair(), layers), metadata);
            });
        });
}

void ExportActions::exportPage()
{
    const std::optional<Shown> shown = shownOrSay();
    if (!shown)
        return;
    const std::size_t heads = m_bench.selection.heads().size();
    const HtmlWords words {
        (heads == 1 ? tr("Attention of one head") : tr("Attention of %1 heads").arg(heads)).toStdString(),
        modelWords(*shown).toStdString(),
        (editWords(*shown) + QLatin1Char(' ') + m_bench.trust.statusText()).toStdString()};
    ask(tr("Export a page"), suggestedPath(QStringLiteral("attention"), QStringLiteral("html")),
        {tr("Page for a browser (*.html)")},
        [this, shown = *shown, words, heads = m_bench.selection.heads(), theme = m_theme](
            const QString &path) {
            m_files.start(path, [shown, words, heads, theme](const std::string &target) {
                AtomicFile file(target);
                file.append(htmlPage(shown.pair(), heads, words, theme));
                file.commit();
            });
        });
}

std::string ExportActions::script(const Shown &shown) const
{
    return pythonScript({*shown.model, *shown.baseline, *shown.shown, m_bench.sessions.modelHash()});
}

void ExportActions::exportScript()
{
    const std::optional<Shown> shown = shownOrSay();
    if (!shown)
        return;
    try {
        ask(tr("Export a script"), suggestedPath(QStringLiteral("edits"), QStringLiteral("py")),
            {tr("Python script (*.py)")},
            [this, text = script(*shown)](const QString &path) { writeText(path, text); });
    } catch (const Error &error) {
        complain(tr("There is no script of this"), error);
    }
}

void ExportActions::exportEdits()
{
    if (!hasModelOrSay())
        return;
    const QStringList filters {tr("Edits of this program (*.json)"), tr("Python dictionary (*.py)"),
        tr("Comma-separated values (*.csv)"), tr("Heads for PASTA, without factors (*.head_config)")};
    ask(tr("Export the edits"), suggestedPath(QStringLiteral("edits"), QStringLiteral("json")), filters,
        [this](const QString &path) {
            try {
                writeText(path, editsInForm(m_bench.state.edits().interventionWithGroups(), path));
            } catch (const Error &error) {
                complain(tr("The edits cannot be written in this form"), error);
            }
        });
}

void ExportActions::importEdits()
{
    if (!hasModelOrSay())
        return;
    m_prompts.askFile(m_window,
        {tr("Import edits"), m_folder.isEmpty() ? QDir::homePath() : m_folder,
            {tr("Edits (*.json *.py *.csv *.head_config)"), tr("All files (*)")}, FileUse::Open},
        [this](const QString &path) { takeEdits(path, std::nullopt); });
}

void ExportActions::takeEdits(const QString &path, std::optional<double> headConfigGamma)
{
    const std::string name = path.toStdString();
    try {
        const std::string text = textOfFile(path);
        if (!headConfigGamma && editsFormOf(text) == EditsForm::HeadConfig) {
            m_prompts.askFactor(m_window, tr("The file names heads and no factor. Their factor:"),
                [this, path](double factor) { takeEdits(path, factor); });
            return;
        }
        const Intervention edits = interventionFromAnyForm(text, name, m_bench.state.grid(), headConfigGamma);
        edits.validate(m_bench.state.grid());
        EditList list = EditList::fromIntervention(edits);
        for (const auto &[known, heads] : m_bench.state.edits().groups())
            if (!list.groups().contains(known))
                list.setGroup(known, heads);
        m_bench.state.replaceEdits(list, tr("import edits"));
        say(tr("Edits taken from %1: %2").arg(QFileInfo(path).fileName()).arg(edits.edits().size()));
    } catch (const Error &error) {
        complain(tr("The edits cannot be imported"), error);
    }
}

void ExportActions::copy(const QString &text, const QString &said)
{
    QGuiApplication::clipboard()->setText(text);
    say(said);
}

void ExportActions::copyScript()
{
    const std::optional<Shown> shown = shownOrSay();
    if (!shown)
        return;
    try {
        copy(QString::fromStdString(script(*shown)), tr("Copied: a script for transformers"));
    } catch (const Error &error) {
        complain(tr("There is no script of this"), error);
    }
}

void ExportActions::copyFigure()
{
    const std::optional<Shown> shown = shownOrSay();
    if (!shown)
        return;
    const std::unique_ptr<QWidget> panel = figurePanel(FigureSubject::Map);
    QGuiApplication::clipboard()->setImage(
        figureImage(*panel, captionOf(FigureSubject::Map, *shown), m_theme));
    say(tr("Copied: the figure of the map"));
}

void ExportActions::say(const QString &text)
{
    m_window->statusBar()->showMessage(text, kSaidMs);
}

void ExportActions::complain(const QString &title, const Error &error)
{
    m_prompts.showError(m_window, userMessage(title, error.parts()));
}

} // namespace sinkscope::ui
