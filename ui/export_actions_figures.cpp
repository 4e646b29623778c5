// SPDX-License-Identifier: Apache-2.0
// Figures with their captions, and what is copied of the cell in hand.
#include "ui/export_actions.h"

#include "core/base/version.h"
#include "ui/export_words.h"
#include "ui/models/edit_captions.h"
#include "ui/panels/factor_panel.h"
#include "ui/panels/head_data.h"
#include "ui/panels/head_measures.h"
#include "ui/panels/head_panel.h"
#include "ui/panels/head_view_panel.h"
#include "ui/panels/output_panel.h"
#include "ui/panels/prompt_panel.h"
#include "ui/theme/number_format.h"

#include <QtCore/QFileInfo>

namespace sinkscope::ui {

namespace {

constexpr int kMostNamedEdits = 6; ///< of a caption
constexpr int kPromptLetters = 300; ///< of a caption

/// "L15 H3 γ 0.30", "L2 H1 logit, key 3: ln +1.10".
QString editInWords(const HeadEdit &edit)
{
    const EditTarget target = targetOf(edit);
    return ExportActions::tr("L%1 H%2 %3 %4")
        .arg(edit.head.layer.value)
        .arg(edit.head.head.value)
        .arg(target.isPlain() ? QStringLiteral("γ") : targetWords(target) + QLatin1Char(':'), valueWord(edit))
        .trimmed();
}

} // namespace

std::unique_ptr<QWidget> ExportActions::figurePanel(FigureSubject subject) const
{
    std::unique_ptr<Panel> panel;
    switch (subject) {
    case FigureSubject::Heads:
        panel = std::make_unique<HeadPanel>(m_bench);
        break;
    case FigureSubject::Map:
        panel = std::make_unique<HeadViewPanel>(m_bench);
        break;
    case FigureSubject::Prompt:
        panel = std::make_unique<PromptPanel>(m_bench);
        break;
    case FigureSubject::Output:
        panel = std::make_unique<OutputPanel>(m_bench);
        break;
    case FigureSubject::Curves:
        panel = std::make_unique<FactorPanel>(m_bench);
        break;
    }
    panel->setTheme(m_theme);
    prepareFigure(*panel, figureSize(subject));
    return panel;
}

QString ExportActions::modelWords(const Shown &shown) const
{
    const QString file = QFileInfo(QString::fromStdString(shown.model->path)).fileName();
    const QString hash = QString::fromStdString(m_bench.sessions.modelHash());
    const std::size_t tokens = shown.shown->prompt->ids.size();
    return tr("%1, %2. Sinkscope %3.")
        .arg(hash.isEmpty() ? file : tr("%1 (sha256 %2)").arg(file, hash),
            tokens == 1 ? tr("1 token") : tr("%1 tokens").arg(tokens), QLatin1String(kVersion));
}

QString ExportActions::editWords(const Shown &shown) const
{
    const Intervention &edits = shown.shown->intervention;
    if (edits.changesNothing())
        return tr("No edits.");
    QStringList named;
    int unnamed = 0;
    for (const HeadEdit &edit : edits.edits()) {
        if (edit.hasEffect() && named.size() < kMostNamedEdits)
            named << editInWords(edit);
        else
            unnamed += edit.hasEffect() ? 1 : 0;
    }
    if (unnamed > 0)
        named << tr("and %1 more").arg(unnamed);
    return tr("%1 of %2 heads edited: %3. γ is the factor of key 0 after the softmax; the row "
              "is renormalised "
              "(ZeroTuning, arXiv 2505.11739).")
        .arg(edits.editedHeadCount())
        .arg(shown.model->config.layerCount * shown.model->config.headCount)
        .arg(named.join(QStringLiteral(", ")));
}

FigureCaption ExportActions::captionOf(FigureSubject subject, const Shown &shown) const
{
    const HeadRef head = m_bench.selection.head();
    QString title;
    switch (subject) {
    case FigureSubject::Heads:
        title = tr("All heads: %1").arg(translated(textOf(m_bench.selection.measure()).name));
        break;
    case FigureSubject::Map:
        title = tr("Layer %1, head %2: what each query (row) reads of each key (column)")
                    .arg(head.layer.value)
                    .arg(head.head.value);
        break;
    case FigureSubject::Prompt:
        title = tr("The prompt as read by layer %1, head %2").arg(head.layer.value).arg(head.head.value);
        break;
    case FigureSubject::Output:
        title = tr("The next token");
        break;
    case FigureSubject::Curves:
        title = tr("What other factors give");
        break;
    }
    QString prompt =
        QString::fromStdString(shown.shown->prompt->text).replace(QLatin1Char('\n'), QStringLiteral("↵ "));
    if (prompt.size() > kPromptLetters)
        prompt = prompt.left(kPromptLetters) + QStringLiteral(" ...");
    const bool isOfCentre = subject == FigureSubject::Map || subject == FigureSubject::Prompt;
    return {title,
        QStringList {modelWords(shown) + QLatin1Char(' ') + m_bench.trust.statusText(), editWords(shown),
            tr("Prompt: %1").arg(prompt)}
            .join(QLatin1Char('\n')),
        isOfCentre ? m_theme.colours().canvas : m_theme.colours().window};
}

/// The pinned or hovered cell with the weights of its row.
void ExportActions::copyValue()
{
    if (!shownOrSay())
        return;
    const CellRef cell =
        m_bench.selection.hovered().key >= 0 ? m_bench.selection.hovered() : m_bench.selection.pinned();
    HeadMapData data = headMapData(m_bench);
    const HeadSide &side = data.mode == HeadMapMode::Baseline ? data.baseline : data.edited;
    if (cell.query < 0 || cell.key < 0 || cell.key > cell.query || !side.hasPattern()) {
        say(tr("No cell: point at one in the map, or click it"));
        return;
    }
    const std::size_t at =
        static_cast<std::size_t>(cell.query) * (static_cast<std::size_t>(cell.query) + 1) / 2
        + static_cast<std::size_t>(cell.key);
    const QString value = QString::number(double(side.pattern[at]), 'g', 9);
    copy(value, tr("Copied: %1, the weight of query %2 for key %3").arg(value).arg(cell.query).arg(cell.key));
}

void ExportActions::copyRow()
{
    if (!shownOrSay())
        return;
    const CellRef hovered = m_bench.selection.hovered();
    const int query = hovered.query >= 0 ? hovered.query : m_bench.selection.pinned().query;
    const HeadMapData data = headMapData(m_bench);
    if (query < 0 || query >= data.tokenCount() || !data.baseline.hasPattern() || !data.edited.hasPattern()) {
        say(tr("No row: point at one in the map, or click it"));
        return;
    }
    const std::size_t row = static_cast<std::size_t>(query) * (static_cast<std::size_t>(query) + 1) / 2;
    QString text = QStringLiteral("key\ttoken\tbaseline\tedited\n");
    for (std::size_t key = 0; key <= static_cast<std::size_t>(query); ++key)
        text += QStringLiteral("%1\t%2\t%3\t%4\n")
                    .arg(key)
                    .arg(data.tokens[key].text)
                    .arg(double(data.baseline.pattern[row + key]), 0, 'g', 9)
                    .arg(double(data.edited.pattern[row + key]), 0, 'g', 9);
    copy(text, tr("Copied: the weights of query %1").arg(query));
}

} // namespace sinkscope::ui
