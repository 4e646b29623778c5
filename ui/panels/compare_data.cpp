// SPDX-License-Identifier: Apache-2.0
// From two snapshots to maps and rows of figures.
#include "ui/panels/compare_data.h"

#include "ui/models/edits_model.h"
#include "ui/panels/head_data.h"
#include "ui/state/live_attention.h"
#include "ui/theme/entropy_unit.h"
#include "ui/theme/number_format.h"
#include "ui/views/head_map_values.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace sinkscope::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Compare)
};

constexpr int kTokens = 12; ///< most likely ones of each side
constexpr float kNoValue = std::numeric_limits<float>::quiet_NaN();

bool hasHead(const Snapshot &side, HeadRef head)
{
    const auto &layers = side.pass->layers;
    return head.layer.asSize() < layers.size()
        && head.head.asSize() < layers[head.layer.asSize()]->headCount();
}

/// Figures of rows [T] of A in the places of B's tokens.
std::vector<float> placedRows(std::span<const float> rows, const TokenAlignment &alignment)
{
    std::vector<float> placed(alignment.inFirst.size(), kNoValue);
    for (std::size_t token = 0; token < placed.size() && !rows.empty(); ++token)
        if (const int partner = alignment.inFirst[token]; partner >= 0)
            placed[token] = rows[static_cast<std::size_t>(partner)];
    return placed;
}

/// A's triangle in the places of B's tokens; NaN where query or key has no partner.
std::vector<float> placedPattern(std::span<const float> triangle, const TokenAlignment &alignment)
{
    const std::size_t tokens = alignment.inFirst.size();
    std::vector<float> placed(LayerRecord::triangleSize(tokens), kNoValue);
    for (std::size_t query = 0; query < tokens; ++query) {
        const int row = alignment.inFirst[query];
        for (std::size_t key = 0; row >= 0 && key <= query; ++key) {
            const int column = alignment.inFirst[key];
            if (column >= 0)
                placed[LayerRecord::triangleSize(query) + key] =
                    triangle[LayerRecord::triangleSize(static_cast<std::size_t>(row))
                        + static_cast<std::size_t>(column)];
        }
    }
    return placed;
}

HeadSide placed(const HeadSide &side, const TokenAlignment &alignment)
{
    if (alignment.isOneToOne() || !side.hasPattern())
        return side;
    HeadSide result;
    result.pattern = SharedFloats(placedPattern(side.pattern.values(), alignment));
    result.sinkMass = SharedFloats(placedRows(side.sinkMass.values(), alignment));
    result.entropy = SharedFloats(placedRows(side.entropy.values(), alignment));
    result.restEntropy = SharedFloats(placedRows(side.restEntropy.values(), alignment));
    return result;
}

/// What the three maps have in common.
HeadMapData plainMap(const Workbench &bench)
{
    HeadMapData data;
    takeScale(bench.selection, data);
    data.range = HeadMapRange::BothSides;
    data.notCapturedReason = Words::tr("not captured");
    return data;
}

FigureRow figureRow(
    const QString &name, std::optional<double> first, std::optional<double> second, int decimals)
{
    const auto written = [decimals](std::optional<double> value) {
        return !value       ? QStringLiteral("—")
            : decimals == 4 ? formatProbability(*value)
                            : formatFigure(*value, decimals);
    };
    FigureRow row;
    const bool hasChange = first && second;
    row.cells = QStringList {name, written(first), written(second),
        hasChange ? formatChange(*second - *first, decimals) : QStringLiteral("—")};
    row.inWords = Words::tr("%1: A %2, B %3, B - A %4")
                      .arg(name, first ? formatPrecise(*first) : Words::tr("unknown"),
                          second ? formatPrecise(*second) : Words::tr("unknown"),
                          hasChange ? formatPrecise(*second - *first) : Words::tr("unknown"));
    return row;
}

FigureRow heading(const QString &text)
{
    FigureRow row;
    row.cells = QStringList {text, QString(), QString(), QString()};
    row.isHeading = true;
    return row;
}

Vocabularies vocabulariesOf(const Workbench &bench)
{
    return bench.reference.isSameModel() ? Vocabularies::Same : Vocabularies::Different;
}

const AnswerScore *answerOrNull(const Snapshot &side, const std::string &text)
{
    const auto &answers = side.output.answers;
    const auto found = std::find_if(
        answers.begin(), answers.end(), [&text](const AnswerScore &answer) { return answer.text == text; });
    return found == answers.end() ? nullptr : &*found;
}

/// The figure of the last row of the selected head, where that side has such a head.
std::optional<double> lastOf(const Snapshot &side, HeadRef head, Matrix LayerRecord::*figures)
{
    if (!hasHead(side, head))
        return std::nullopt;
    const auto row = ((*side.pass->layers[head.layer.asSize()]).*figures).row(head.head.asSize());
    return static_cast<double>(row[row.size() - 1]);
}

std::optional<double> inUnit(std::optional<double> nats)
{
    return nats ? std::optional(inEntropyUnit(*nats)) : std::nullopt;
}

void addAnswers(std::vector<FigureRow> &rows, const Snapshot &first, const Snapshot &second)
{
    std::vector<std::string> names;
    for (const Snapshot *side : {&second, &first})
        for (const AnswerScore &answer : side->output.answers)
            if (std::find(names.begin(), names.end(), answer.text) == names.end())
                names.push_back(answer.text);
    const auto p = [](const AnswerScore *answer) { return answer ? std::optional(answer->p) : std::nullopt; };
    for (const std::string &name : names)
        rows.push_back(figureRow(Words::tr("p '%1'").arg(visibleToken(name)), p(answerOrNull(first, name)),
            p(answerOrNull(second, name)), 4));
    const bool areTheSame =
        first.output.answers.size() == names.size() && second.output.answers.size() == names.size();
    if (names.empty() || !areTheSame)
        return;
    rows.push_back(
        figureRow(Words::tr("Label mass"), first.output.answerMass(), second.output.answerMass(), 4));
    if (second.output.margin() && first.output.answers.front().text == second.output.answers.front().text)
        rows.push_back(figureRow(inEntropyWords(Words::tr("Margin, nats")), inUnit(first.output.margin()),
            inUnit(second.output.margin()), 3));
}

} // namespace

ComparePanes comparePanes(Workbench &bench, const TokenAlignment &alignment)
{
    const std::shared_ptr<const Snapshot> first = bench.reference.snapshot();
    const HeadRef head = bench.selection.head();
    const LiveAttention live(bench.state);
    ComparePanes panes {plainMap(bench), plainMap(bench), plainMap(bench)};
    panes.first.tokens = mapTokens(*first->prompt);
    panes.second.tokens = panes.difference.tokens = mapTokens(*bench.state.edited()->prompt);
    if (!bench.reference.isPinned())
        panes.first.edited = headSide(live.baseline(head));
    else if (hasHead(*first, head))
        panes.first.edited = headSide(headReading(first->pass->layers[head.layer.asSize()], head.head));
    else
        panes.first.notCapturedReason = Words::tr("The model of A has no such head");
    panes.second.edited = headSide(live.edited(head));
    panes.first.baseline = panes.first.edited;
    panes.second.baseline = panes.second.edited;
    panes.second.isStale = panes.difference.isStale = bench.state.isStale() && live.isOld(head.layer);
    panes.difference.baseline = placed(panes.first.edited, alignment);
    panes.difference.edited = panes.second.edited;
    panes.difference.hasEdit = true;
    panes.difference.mode = HeadMapMode::Difference;
    panes.difference.range = HeadMapRange::ThisHead;
    panes.difference.notCapturedReason = Words::tr("One side has no attention of this head");
    const double top =
        std::max(headMapScales(panes.first).rest.maximum, headMapScales(panes.second).rest.maximum);
    panes.first.heldMaximum = panes.second.heldMaximum = top;
    return panes;
}

std::vector<FigureRow> comparedTokens(const Workbench &bench)
{
    std::vector<FigureRow> rows;
    for (const NextTokenPair &pair :
        compareNextTokens(*bench.reference.snapshot(), *bench.state.edited(), vocabulariesOf(bench), kTokens))
        rows.push_back(figureRow(visibleToken(pair.text), pair.first, pair.second, 4));
    return rows;
}

std::vector<FigureRow> comparedMeasures(const Workbench &bench)
{
    const Snapshot &first = *bench.reference.snapshot();
    const Snapshot &second = *bench.state.edited();
    std::vector<FigureRow> rows {heading(Words::tr("Output"))};
    rows.push_back(figureRow(inEntropyWords(Words::tr("Output entropy, nats")),
        inEntropyUnit(first.output.entropyNats), inEntropyUnit(second.output.entropyNats), 3));
    addAnswers(rows, first, second);
    if (vocabulariesOf(bench) == Vocabularies::Same) {
        const double divergence = klDivergenceNats(*first.logProbabilities, *second.logProbabilities);
        FigureRow row = figureRow(
            inEntropyWords(Words::tr("KL of B from A, nats")), std::nullopt, inEntropyUnit(divergence), 4);
        row.inWords = Words::tr("KL(A || B) of the next-token distribution: %1")
                          .arg(formatPrecise(inEntropyUnit(divergence)));
        row.cells[1] = row.cells[3] = QString();
        rows.push_back(row);
    }
    const HeadRef head = bench.selection.head();
    rows.push_back(heading(Words::tr("%1, last row").arg(headName(head))));
    rows.push_back(figureRow(Words::tr("Attention to key 0"), lastOf(first, head, &LayerRecord::sinkMass),
        lastOf(second, head, &LayerRecord::sinkMass), 4));
    rows.push_back(figureRow(inEntropyWords(Words::tr("Attention entropy, nats")),
        inUnit(lastOf(first, head, &LayerRecord::entropy)),
        inUnit(lastOf(second, head, &LayerRecord::entropy)), 3));
    rows.push_back(figureRow(inEntropyWords(Words::tr("without key 0, nats")),
        inUnit(lastOf(first, head, &LayerRecord::restEntropy)),
        inUnit(lastOf(second, head, &LayerRecord::restEntropy)), 3));
    return rows;
}

std::vector<FigureRow> changedHeads(const Workbench &bench, const TokenAlignment &alignment)
{
    const std::vector<HeadChange> changes =
        compareHeads(*bench.reference.snapshot()->pass, *bench.state.edited()->pass, alignment);
    const double most = changes.empty() ? 0.0 : changes.front().movedWeight;
    std::vector<FigureRow> rows;
    rows.reserve(changes.size());
    for (const HeadChange &change : changes) {
        FigureRow row;
        const double entropy = inEntropyUnit(change.entropyNats);
        const double gamma = bench.state.edits().effectiveFactor(change.head);
        const QString mark = gamma > 1.0 ? QStringLiteral(" ▲")
            : gamma < 1.0                ? QStringLiteral(" ▼")
                                         : QString();
        row.cells = QStringList {headName(change.head) + mark, formatFigure(change.movedWeight, 3),
            formatChange(change.sinkMass, 3), formatChange(entropy, 3)};
        row.sortBy = {-(change.head.layer.value * 4096.0 + change.head.head.value), change.movedWeight,
            change.sinkMass, entropy};
        row.bar = most > 0.0 ? change.movedWeight / most : 0.0;
        row.layer = change.head.layer.value;
        row.head = change.head.head.value;
        row.inWords = inEntropyWords(Words::tr(
            "%1: moved weight %2, change of the attention to key 0 %3, of the row's entropy, nats: %4")
                                         .arg(headName(change.head), formatPrecise(change.movedWeight),
                                             formatPrecise(change.sinkMass), formatPrecise(entropy)));
        rows.push_back(std::move(row));
    }
    return rows;
}

QString alignmentInWords(const Workbench &bench, const TokenAlignment &alignment)
{
    const QString model = bench.reference.isSameModel() ? Words::tr("same model") : Words::tr("other model");
    if (alignment.isOneToOne())
        return Words::tr("%1, same tokens").arg(model);
    return Words::tr(
        "%1; %2 of %3 tokens of B have a partner among the %4 of A, the others stay empty in B - A")
        .arg(model)
        .arg(alignment.partnerCount())
        .arg(alignment.inFirst.size())
        .arg(alignment.firstCount);
}

} // namespace sinkscope::ui
