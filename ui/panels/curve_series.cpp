// SPDX-License-Identifier: Apache-2.0
// From the points that the engine computed to the panels under the slider.
#include "ui/panels/curve_series.h"

#include "ui/models/edits_model.h"
#include "ui/theme/entropy_unit.h"
#include "ui/theme/number_format.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <functional>

namespace sinkscope::ui {

namespace {

constexpr std::size_t kMostAnswers = 4; // as many dashes can be told apart
constexpr double kLeastDivergenceSpan = 0.05; // nats; less is hardly another distribution
constexpr double kLeastMarginSpan = 0.5; // nats; a smaller change of log-odds hardly moves an answer

using Reading = std::function<std::optional<double>(const CurvePoint &)>;

QString translated(const char *text)
{
    return QCoreApplication::translate("CurveSeries", text);
}

CurveLine line(const FactorCurve *curveOrNull, const QString &label, const Reading &reading)
{
    CurveLine result;
    result.label = label;
    for (std::size_t index = 0; curveOrNull && index < curveOrNull->gammas.size(); ++index) {
        const auto &point = curveOrNull->points[index];
        result.points.push_back({curveOrNull->gammas[index], point ? reading(*point) : std::nullopt});
    }
    return result;
}

std::optional<double> inUnit(std::optional<double> nats)
{
    return nats ? std::optional(inEntropyUnit(*nats)) : std::nullopt;
}

/// In a sentence: without the leading space.
QString spokenAnswer(const std::string &answer)
{
    return QString::fromStdString(answer).simplified();
}

CurveSeries answerSeries(const CurveWish &wish)
{
    const std::size_t shown = std::min(wish.answers.size(), kMostAnswers);
    CurveSeries answers {translated("Answer probability"), QString(), {}, CurveExtreme::None};
    if (shown < wish.answers.size()) {
        const QStringList counts {QString::number(shown), QString::number(wish.answers.size())};
        answers.shorterTitle = {
            {translated("Answer probability, the first %1 of %2"), translated("Answers 1–%1 of %2")}, counts};
        answers.title = answers.shorterTitle.whole(0);
    }
    for (std::size_t answer = 0; answer < shown; ++answer)
        answers.lines.push_back(line(wish.curveOrNull, visibleToken(wish.answers[answer]),
            [answer](const auto &point) -> std::optional<double> {
                return answer < point.answerProbabilities.size()
                    ? std::optional(point.answerProbabilities[answer])
                    : std::nullopt;
            }));
    return answers;
}

CurveSeries entropySeries(const CurveWish &wish)
{
    return {translated("Output entropy"), inEntropyWords(translated("nats")),
        {line(wish.entropyCurveOrNull, QString(),
            [](const auto &point) { return inEntropyUnit(point.outputEntropyNats); })},
        CurveExtreme::Lowest};
}

CurveSeries marginSeries(const CurveWish &wish)
{
    const QStringList names {spokenAnswer(wish.answers[0]), spokenAnswer(wish.answers[1])};
    const FittedText title {{translated("Margin, %1 over %2"), translated("Margin, %1 / %2")}, names};
    return {title.whole(0), inEntropyWords(translated("nats")),
        {line(wish.curveOrNull, QString(), [](const auto &point) { return inUnit(point.margin); })},
        CurveExtreme::Highest, inEntropyUnit(kLeastMarginSpan), title};
}

CurveSeries attentionSeries(const CurveWish &wish)
{
    CurveSeries attention {translated("%1, last row: attention entropy").arg(headName(wish.focus)),
        inEntropyWords(translated("nats")),
        {line(wish.entropyCurveOrNull, translated("whole row"),
             [](const auto &point) { return inEntropyUnit(point.focusEntropyNats); }),
            line(wish.entropyCurveOrNull, translated("without key 0"),
                [](const auto &point) { return inEntropyUnit(point.focusRestEntropyNats); })},
        CurveExtreme::None};
    attention.lines.back().isReference = true;
    attention.shorterTitle = {
        {translated("%1: attention entropy"), translated("%1: entropy")}, {headName(wish.focus)}};
    return attention;
}

CurveSeries sinkSeries(const CurveWish &wish)
{
    CurveSeries sink {translated("%1, last row: attention to key 0").arg(headName(wish.focus)), QString(),
        {line(wish.entropyCurveOrNull, QString(), [](const auto &point) { return point.focusSinkMass; })},
        CurveExtreme::None};
    sink.shorterTitle = {
        {translated("%1: attention to key 0"), translated("%1: to key 0")}, {headName(wish.focus)}};
    return sink;
}

CurveSeries divergenceSeries(const CurveWish &wish)
{
    CurveSeries divergence {translated("KL from baseline"), inEntropyWords(translated("nats")),
        {line(wish.entropyCurveOrNull, QString(),
            [](const auto &point) { return inEntropyUnit(point.klFromBaselineNats); })},
        CurveExtreme::None, inEntropyUnit(kLeastDivergenceSpan)};
    divergence.shorterTitle = {{translated("KL")}, {}};
    return divergence;
}

/// Nothing where there are too few answers.
std::optional<CurveSeries> seriesOf(CurveKind kind, const CurveWish &wish)
{
    switch (kind) {
    case CurveKind::OutputEntropy:
        return entropySeries(wish);
    case CurveKind::Answers:
        return wish.answers.empty() ? std::nullopt : std::optional(answerSeries(wish));
    case CurveKind::Margin:
        return wish.answers.size() < 2 ? std::nullopt : std::optional(marginSeries(wish));
    case CurveKind::AttentionEntropy:
        return attentionSeries(wish);
    case CurveKind::SinkMass:
        return sinkSeries(wish);
    case CurveKind::Divergence:
        break;
    }
    return divergenceSeries(wish);
}

} // namespace

std::vector<CurveSeries> curveSeries(const CurveWish &wish)
{
    std::vector<CurveSeries> series;
    for (const CurveKind kind : kCurveKinds) {
        if (std::find(wish.kinds.begin(), wish.kinds.end(), kind) == wish.kinds.end())
            continue;
        if (std::optional<CurveSeries> one = seriesOf(kind, wish)) {
            one->scale = wish.scale;
            series.push_back(std::move(*one));
        }
    }
    return series;
}

} // namespace sinkscope::ui
