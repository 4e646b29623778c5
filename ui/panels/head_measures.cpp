// SPDX-License-Identifier: Apache-2.0
// The table of the measures.
#include "ui/panels/head_measures.h"

#include "ui/theme/entropy_unit.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <array>
#include <string_view>

namespace sinkscope::ui {

namespace {

#define SAID(text) QT_TRANSLATE_NOOP("HeadMeasures", text)

constexpr std::array kMeasures {
    HeadMeasureText {HeadMeasure::SinkMassLast, SAID("sink mass, last row"),
        SAID("attention to key 0 from the last row"), SAID("sink mass"), "",
        SAID("a0: the weight that the last token of the prompt gives to the initial token"),
        HeatmapScale::SinkRamp},
    HeadMeasureText {HeadMeasure::SinkMassMean, SAID("sink mass, mean"),
        SAID("attention to key 0, mean of rows 1 and later"), SAID("mean sink mass"), "",
        SAID("a0, mean over all tokens but the first"), HeatmapScale::SinkRamp},
    HeadMeasureText {HeadMeasure::EntropyLast, SAID("entropy, last row"),
        SAID("attention entropy of the last row, nats"), SAID("entropy"), SAID("nats"),
        SAID("-sum a ln a over the keys of the last row")},
    HeadMeasureText {HeadMeasure::EntropyMean, SAID("entropy, mean"),
        SAID("attention entropy, mean of all rows, nats"), SAID("mean entropy"), SAID("nats"),
        SAID("-sum a ln a, mean over all rows")},
    HeadMeasureText {HeadMeasure::EntropyShareLast, SAID("entropy / ln n"),
        SAID("entropy over ln of row length"), SAID("share of the largest entropy"), "",
        SAID("Entropy of the last row divided by ln of its length: 0 one key, 1 all keys alike")},
    HeadMeasureText {HeadMeasure::EntropyWithoutSinkLast, SAID("entropy w/o key 0"),
        SAID("entropy of the last row without key 0, nats"), SAID("entropy without key 0"), SAID("nats"),
        SAID("Entropy of the last row's other keys, renormalised; no factor on key 0 changes it")},
    HeadMeasureText {HeadMeasure::SinkValueRatio, SAID("value of key 0"),
        SAID("value of key 0 over others' mean"), SAID("value of key 0 over the mean"), "",
        SAID("||v0|| over the mean of ||v|| of the other tokens: where it is small, attention to key 0 "
             "writes nothing")},
    HeadMeasureText {HeadMeasure::OutputNorm, SAID("output size"), SAID("size of what the head writes"),
        SAID("output size"), "",
        SAID("||W_O o|| in the last row: what the head adds to the residual stream")},
    HeadMeasureText {HeadMeasure::OutputRatio, SAID("output in layer"), SAID("output size over layer mean"),
        SAID("output size over its layer's mean"), "",
        SAID("||W_O o|| in the last row over the mean of the heads of its layer; heads far below 1 are "
             "dormant (arXiv 2504.03889)")},
    HeadMeasureText {HeadMeasure::Attribution, SAID("direct effect"), SAID("direct effect on the %1, nats"),
        SAID("direct effect on the %1"), SAID("nats"),
        SAID("Direct logit attribution: W_O o of the last row through the final norm, times the unembedding "
             "of the first answer less that of the second. Choose another token in the table of next "
             "tokens by its menu"),
        HeatmapScale::Diverging},
    HeadMeasureText {HeadMeasure::PreviousToken, SAID("previous token"),
        SAID("attention to the previous token"), SAID("previous-token score"), "",
        SAID("Share of attention on the token before, key 0 left out; on %1 random tokens twice, seed %2")},
    HeadMeasureText {HeadMeasure::DuplicateToken, SAID("duplicate token"),
        SAID("attention to the same token"), SAID("duplicate-token score"), "",
        SAID("Share of attention on the earlier occurrence of the token, key 0 left out; on %1 random "
             "tokens twice, seed %2")},
    HeadMeasureText {HeadMeasure::Induction, SAID("induction"), SAID("attention after the same token"),
        SAID("induction score"), "",
        SAID("Share of attention on the token after the earlier occurrence, key 0 left out; on %1 random "
             "tokens twice, seed %2")},
    HeadMeasureText {HeadMeasure::Factor, SAID("factor γ"), SAID("factor on the initial token, log axis"),
        SAID("factor"), "", SAID("The factor on the initial token as it is set"), HeatmapScale::Factor},
    HeadMeasureText {HeadMeasure::MarginEffect, SAID("effect on margin"),
        SAID("predicted effect on margin, nats/ln γ"), SAID("predicted effect on margin"),
        SAID("nats per ln γ"),
        SAID("Predicted, for all heads at once: the derivative by ln γ of each head at the present edits, "
             "from one backward pass"),
        HeatmapScale::Diverging},
    HeadMeasureText {HeadMeasure::EntropyEffect, SAID("effect on entropy"),
        SAID("predicted effect on entropy, nats/ln γ"), SAID("predicted effect on output entropy"),
        SAID("nats per ln γ"),
        SAID("Predicted, for all heads at once: the derivative by ln γ of each head at the present edits, "
             "from one backward pass"),
        HeatmapScale::Diverging},
    HeadMeasureText {HeadMeasure::AblationMargin, SAID("margin w/o head"),
        SAID("margin w/o head − margin, nats"), SAID("change of margin without it"), SAID("nats"),
        SAID("Measured: the margin of the answers' first tokens with the head's output set to zero, less the "
             "margin as it is, the other edits held"),
        HeatmapScale::Diverging},
    HeadMeasureText {HeadMeasure::AblationEntropy, SAID("entropy w/o head"),
        SAID("entropy w/o head − entropy, nats"), SAID("change of output entropy without it"), SAID("nats"),
        SAID("Measured: the output entropy with the head's output set to zero, less the entropy as it is, "
             "the other edits held"),
        HeatmapScale::Diverging},
};

#undef SAID

} // namespace

std::span<const HeadMeasureText> headMeasures()
{
    return kMeasures;
}

bool beginsGroup(HeadMeasure measure)
{
    return measure == HeadMeasure::SinkValueRatio || measure == HeadMeasure::PreviousToken
        || measure == HeadMeasure::Factor;
}

const HeadMeasureText &textOf(HeadMeasure measure)
{
    return *std::ranges::find(kMeasures, measure, &HeadMeasureText::measure);
}

std::optional<Effect> effectOf(HeadMeasure measure)
{
    if (measure == HeadMeasure::MarginEffect)
        return Effect::Margin;
    if (measure == HeadMeasure::EntropyEffect)
        return Effect::Entropy;
    return std::nullopt;
}

bool isInNats(HeadMeasure measure)
{
    return std::string_view(textOf(measure).unit).starts_with("nats");
}

QString translated(const char *text)
{
    return inEntropyWords(QCoreApplication::translate("HeadMeasures", text));
}

} // namespace sinkscope::ui
