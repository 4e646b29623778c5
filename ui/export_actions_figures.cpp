// SPDX-License-Identifier: Apache-2.0
// Figures with their captions, and what is copied of the cell in hand.
#include "ui/export_actions.h"

#include "core/base/version.h"
#include "ui/export_words.h"
#include "ui/models/edit_captions.h"
#include "ui/panels/factor_panel.h"
#include "ui/panels/head_grid_panel.h"
#include "ui/panels/head_measures.h"
#include "ui/panels/head_panel.h"
#include "ui/panels/head_view_panel.h"
#include "ui/panels/output_panel.h"
#include "ui/panels/prompt_panel.h"
#include "ui/panels/shown_picture.h"
#include "ui/theme/number_format.h"
#include "ui/views/head_map_words.h"

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

/// "query 3 for key 1", with what else has to be known.
QString cellWords(const HeadMapData &data, HeadMapCell cell)
{
    const QString words = data.unit == HeadMapUnit::Tokens
        ? ExportActions::tr("query %1 for key %2").arg(cell.query).arg(cell.key)
        : ExportActions::tr("%3 %1 for %3 %2").arg(cell.query).arg(cell.key).arg(unitName(data.unit));
    return data.pictured.isEmpty() ? words : ExportActions::tr("%1 (%2)").arg(words, data.pictured);
}

} // namespace

QString ExportActions::mapTitle() const
{
    const Selection &selection = m_bench.selection;
    const HeadRef head = selection.head();
    const QString of = selection.patternOf() == PatternOf::ThisHead
        ? tr("Layer %1, head %2").arg(head.layer.value).arg(head.head.value)
        : pictureTitle(m_bench);
    switch (selection.patternTokens()) {
    case PatternTokens::Single:
        break;
    case PatternTokens::Words:
        return tr("%1: what each word (row) reads of each word (column), summed over keys, mean over queries")
            .arg(of);
    case PatternTokens::Lines:
        return tr("%1: what each line (row) reads of each line (column), summed over keys, mean over queries")
            .arg(of);
    }
    return tr("%1: what each query (row) reads of each key (column)").arg(of);
}

std::unique_ptr<QWidget> ExportActions::figurePanel(FigureSubject subject) const
{
    std::unique_ptr<Panel> panel;
    switch (subject) {
    case FigureSubject::Heads:
        panel = std::make_unique<HeadPanel>(m_bench);
        break;
    case FigureSubject::Grid: {
        auto grid = std::make_unique<HeadGridPanel>(m_bench, HeadGridPanel::Use::Figure);
        grid->setMeasured(HeadPanel(m_bench).map()); // by which they may be ordered
        panel = std::move(grid);
        break;
    }
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
    case FigureSubject::Grid:
        title = tr("Heads side by side: what each query (row) reads of each key (column), key 0 apart; a₀: "
                   "attention of the last row to key 0");
        break;
    case FigureSubject::Map:
        title = mapTitle();
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
    const bool isOfCentre =
        subject == FigureSubject::Map || subject == FigureSubject::Grid || subject == FigureSubject::Prompt;
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
    const ShownPicture picture = shownPicture(m_bench);
    const HeadMapData &data = picture.data;
    const HeadSide &side = data.mode == HeadMapMode::Baseline ? data.baseline : data.edited;
    const std::optional<HeadMapCell> place = picture.cellOf(cell);
    if (!place || !side.hasPattern()) {
        say(tr("No cell: point at one in the map, or click it"));
        return;
    }
    const std::size_t at =
        static_cast<std::size_t>(place->query) * (static_cast<std::size_t>(place->query) + 1) / 2
        + static_cast<std::size_t>(place->key);
    const QString value = QString::number(double(side.pattern[at]), 'g', 9);
    copy(value, tr("Copied: %1, the weight of %2").arg(value, cellWords(data, *place)));
}

void ExportActions::copyRow()
{
    if (!shownOrSay())
        return;
    const CellRef hovered = m_bench.selection.hovered();
    const ShownPicture picture = shownPicture(m_bench);
    const HeadMapData &data = picture.data;
    const int query = picture.placeOf(hovered.query >= 0 ? hovered.query : m_bench.selection.pinned().query);
    if (query < 0 || !data.baseline.hasPattern() || !data.edited.hasPattern()) {
        say(tr("No row: point at one in the map, or click it"));
        return;
    }
    const std::size_t row = static_cast<std::size_t>(query) * (static_cast<std::size_t>(query) + 1) / 2;
    const bool isToken = data.unit == HeadMapUnit::Tokens;
    QString text = QStringLiteral("%1\t%2\tbaseline\tedited\n")
                       .arg(isToken ? QStringLiteral("key") : unitName(data.unit),
                           isToken ? QStringLiteral("token") : QStringLiteral("text"));
    for (std::size_t key = 0; key <= static_cast<std::size_t>(query); ++key)
        text += QStringLiteral("%1\t%2\t%3\t%4\n")
                    .arg(key)
                    .arg(data.tokens[key].text)
                    .arg(double(data.baseline.pattern[row + key]), 0, 'g', 9)
                    .arg(double(data.edited.pattern[row + key]), 0, 'g', 9);
    const QString of = data.pictured.isEmpty() ? QString() : tr(" (%1)").arg(data.pictured);
    copy(text,
        (isToken ? tr("Copied: the weights of query %1%2") : tr("Copied: the weights of %3 %1%2"))
            .arg(query)
            .arg(of, unitName(data.unit)));
}

} // namespace sinkscope::ui
