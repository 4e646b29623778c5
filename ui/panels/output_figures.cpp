// SPDX-License-Identifier: Apache-2.0
// What the output panel shows.
#include "ui/panels/output_figures.h"

#include "core/base/utf8.h"
#include "ui/panels/output_panel.h"
#include "ui/theme/entropy_unit.h"
#include "ui/theme/number_format.h"

#include <cmath>

namespace sinkscope::ui {

namespace {

QString shownAnswer(const AnswerScore &answer)
{
    return QString::fromStdString(answer.text).simplified();
}

std::optional<double> inUnit(std::optional<double> nats)
{
    return nats ? std::optional(inEntropyUnit(*nats)) : std::nullopt;
}

/// A figure before and after; both in the unit that is shown.
struct Pair {
    std::optional<double> now;
    std::optional<double> before; ///< absent: nothing is edited
    std::optional<double> change() const
    {
        std::optional<double> difference;
        if (now && before)
            difference = *now - *before;
        return difference;
    }
};

template <typename Of> Pair pairOf(const OutputMetrics &now, const OutputMetrics *before, const Of &of)
{
    Pair pair;
    pair.now = of(now);
    if (before)
        pair.before = of(*before);
    return pair;
}

Figure entropyFigure(Pair nats)
{
    const Pair shown {inUnit(nats.now), inUnit(nats.before)};
    return {inEntropyWords(OutputPanel::tr("Output entropy, nats")),
        {{inEntropyWords(OutputPanel::tr("Entropy, nats"))}, {}}, shown.now, shown.change(), 3,
        OutputPanel::tr("Entropy of the next-token distribution over the whole vocabulary")};
}

Figure divergenceFigure(std::optional<double> nats)
{
    return {inEntropyWords(OutputPanel::tr("KL from baseline, nats")),
        {{inEntropyWords(OutputPanel::tr("KL, nats"))}, {}}, inUnit(nats), std::nullopt, 3,
        OutputPanel::tr("KL(baseline || edited) of the next-token distribution")};
}

/// Of two answers their log-odds; of more the first two's, the log-odds of each stand in the bars' tool tips.
Figure marginFigure(const OutputMetrics &now, const OutputMetrics *before)
{
    const QStringList names {shownAnswer(now.answers[0]), shownAnswer(now.answers[1])};
    const FittedText label {
        {inEntropyWords(OutputPanel::tr("Margin, %1 over %2, nats")), OutputPanel::tr("Margin, %1 over %2"),
            OutputPanel::tr("Margin, %1/%2"), inEntropyWords(OutputPanel::tr("Margin, nats"))},
        names};
    const Pair shown = pairOf(now, before, [](const OutputMetrics &of) { return inUnit(of.margin()); });
    const QString toolTip = inEntropyWords(OutputPanel::tr(
        "Margin, in nats: ln p of '%1' minus ln p of '%2', the first two answers, of each the whole string. "
        "These are their log-odds: how the answers stand among themselves, whatever their mass. Its change "
        "is the second of the two numbers of an edit's effect; the change of the label mass is the first."));
    return {label.whole(0), label, shown.now, shown.change(), 3, toolTip.arg(names[0], names[1])};
}

Figure logOddsFigure(const OutputMetrics &now, const OutputMetrics *before)
{
    const QString name = shownAnswer(now.answers[0]);
    const FittedText label {{inEntropyWords(OutputPanel::tr("Log-odds, %1 over the others, nats")),
                                OutputPanel::tr("Log-odds, %1"), OutputPanel::tr("Odds, %1")},
        {name}};
    const Pair shown = pairOf(now, before, [](const OutputMetrics &of) { return inUnit(of.logOdds()[0]); });
    const QString toolTip = inEntropyWords(OutputPanel::tr(
        "Log-odds, in nats: ln p of '%1' minus the logarithm of what all other answers have together. The "
        "tool tip of each bar has those of its answer."));
    return {label.whole(0), label, shown.now, shown.change(), 3, toolTip.arg(name)};
}

Figure massFigure(const OutputMetrics &now, const OutputMetrics *before)
{
    const Pair shown = pairOf(now, before, [](const OutputMetrics &of) { return of.answerMass(); });
    return {OutputPanel::tr("Label mass"), {}, shown.now, shown.change(), 4, // as the answers' own
        OutputPanel::tr(
            "Sum of the answers' probabilities: how often the model answers in one of these forms at all. An "
            "edit may raise it and leave the margin as it is: then more answers are valid, not other ones.")};
}

std::vector<NextTokenRow> tokenRows(
    const Workbench &bench, const std::vector<TokenProbability> &top, const std::vector<double> *before)
{
    std::vector<NextTokenRow> rows;
    for (const TokenProbability &token : top) {
        NextTokenRow row;
        row.token = token;
        row.token.text = shownPiece(*bench.state.model(), token.id);
        if (before) {
            row.baselineRank = tokenRank(*before, token.id);
            row.baselineP = std::exp((*before)[token.id.asSize()]);
        }
        rows.push_back(row);
    }
    return rows;
}

std::vector<AnswerBar> answerBars(const OutputMetrics &now, const OutputMetrics *before)
{
    std::vector<AnswerBar> bars;
    const std::vector<double> odds = now.logOdds();
    const std::vector<double> oddsBefore = before ? before->logOdds() : std::vector<double>();
    for (std::size_t answer = 0; answer < now.answers.size(); ++answer) {
        AnswerBar bar;
        bar.text = visibleToken(now.answers[answer].text);
        bar.p = now.answers[answer].p;
        if (before && answer < before->answers.size())
            bar.baselineP = before->answers[answer].p;
        if (answer < odds.size())
            bar.logOdds = odds[answer];
        if (answer < oddsBefore.size())
            bar.baselineLogOdds = oddsBefore[answer];
        bar.tokenCount = static_cast<int>(now.answers[answer].ids.size());
        bar.tokenisesDifferentlyInContext = now.answers[answer].tokenisesDifferentlyInContext;
        bars.push_back(bar);
    }
    return bars;
}

} // namespace

bool showsChanges(const Workbench &bench)
{
    return bench.state.edited() != bench.state.baseline() && !bench.state.intervention().changesNothing()
        && bench.selection.side() != Side::Baseline;
}

std::string shownPiece(const Model &model, TokenId id)
{
    return escapeInvalidUtf8(model.tokenizer->tokenBytes(id));
}

QString positionInWords(const Workbench &bench)
{
    const std::optional<TokenPos> position = bench.position.position();
    if (!position)
        return {};
    const QString token =
        visibleToken(escapeInvalidUtf8(bench.state.baseline()->prompt->bytes[position->asSize()]));
    return OutputPanel::tr("after '%1' (position %2)").arg(token).arg(position->value);
}

OutputFigures lastOutput(const Workbench &bench, Density density)
{
    const Snapshot &baseline = *bench.state.baseline();
    const Snapshot &shown = bench.selection.side() == Side::Baseline ? baseline : *bench.state.edited();
    const OutputMetrics &now = shown.output;
    const OutputMetrics *before = showsChanges(bench) ? &baseline.output : nullptr;
    OutputFigures output;
    output.bars = answerBars(now, before);
    output.figures.push_back(
        entropyFigure(pairOf(now, before, [](const OutputMetrics &of) { return of.entropyNats; })));
    if (now.answers.size() > 1)
        output.figures.push_back(marginFigure(now, before));
    if (now.answers.size() > 2 && density == Density::Full)
        output.figures.push_back(logOddsFigure(now, before));
    if (!now.answers.empty())
        output.figures.push_back(massFigure(now, before));
    if (density == Density::Full) // without an edit a dash keeps its place
        output.figures.push_back(
            divergenceFigure(before ? std::optional(shown.klFromBaselineNats) : std::nullopt));
    output.tokens = tokenRows(bench, now.top, before ? baseline.logProbabilities.get() : nullptr);
    return output;
}

OutputFigures outputAtPosition(const Workbench &bench)
{
    OutputFigures output;
    const TokenPos position = *bench.position.position();
    const std::size_t after = position.asSize() + 1;
    const QString next = visibleToken(escapeInvalidUtf8(bench.state.baseline()->prompt->bytes[after]));
    const std::shared_ptr<const PositionAnswer> answer = bench.position.answerOrNull(LensLayers::Last);
    const bool isChanged = answer && showsChanges(bench);
    const PositionFigures *now = !answer ? nullptr : isChanged ? &answer->edited : &answer->baseline;
    const LensRow *before = isChanged ? &answer->baseline.output() : nullptr;
    Pair entropy;
    Pair rank;
    if (now) {
        const FollowedToken &followed = now->output().followed.front();
        AnswerBar bar;
        bar.text = next;
        bar.p = followed.p;
        rank.now = followed.rank;
        entropy.now = now->output().entropyNats;
        if (before) {
            bar.baselineP = before->followed.front().p;
            rank.before = before->followed.front().rank;
            entropy.before = before->entropyNats;
        }
        output.bars.push_back(bar);
        output.tokens =
            tokenRows(bench, now->output().top, before ? answer->baseline.logProbabilities.get() : nullptr);
    }
    output.figures.push_back(entropyFigure(entropy));
    const FittedText label {
        {OutputPanel::tr("Rank of the prompt's next token, %1"), OutputPanel::tr("Rank of %1")}, {next}};
    output.figures.push_back({label.whole(0), label, rank.now, rank.change(), 0,
        OutputPanel::tr(
            "1 and the number of tokens that the model takes for more likely than the one with which the "
            "prompt goes on")});
    output.figures.push_back(
        divergenceFigure(isChanged ? std::optional(answer->klFromBaselineNats) : std::nullopt));
    return output;
}

} // namespace sinkscope::ui
