// SPDX-License-Identifier: Apache-2.0
// The figures of a curve's points against the slow forward pass in double.
#include "core/engine/engine.h"
#include "tests/support/pass_comparison.h"
#include "tests/support/reference_forward.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sinkscope {
namespace {

// Those of the passes (support/pass_comparison.h). KL: its two log-probabilities of each token are off by a
// logit's tolerance each, weighted by probabilities that sum to 1.
const test::PassTolerances kTolerances;
const double kDivergence = 2 * kTolerances.logits;

std::vector<double> logSoftmaxOf(std::span<const double> logits)
{
    double greatest = logits[0];
    for (const double logit : logits)
        greatest = std::max(greatest, logit);
    double sum = 0.0;
    for (const double logit : logits)
        sum += std::exp(logit - greatest);
    std::vector<double> result;
    for (const double logit : logits)
        result.push_back(logit - greatest - std::log(sum));
    return result;
}

/// sum p ln(p / q), from its definition.
double divergence(const std::vector<double> &p, const std::vector<double> &q)
{
    double sum = 0.0;
    for (std::size_t token = 0; token < p.size(); ++token)
        sum += std::exp(p[token]) * (p[token] - q[token]);
    return sum;
}

double entropyOf(std::span<const double> weights)
{
    double sum = 0.0;
    for (const double weight : weights)
        sum -= weight > 0.0 ? weight * std::log(weight) : 0.0;
    return sum;
}

TEST(CurvePoints, EqualTheSlowPassInDouble)
{
    const HeadRef moved {LayerIndex(1), HeadIndex(3)};
    const HeadRef held {LayerIndex(0), HeadIndex(0)};
    Engine engine;
    engine.loadModel(test::writeTinyModel(), {}, {});
    for (const char *secondAnswer : {"b", "bc"}) { // stacked points, and points one by one
        SCOPED_TRACE(secondAnswer);
        PassQuestion question;
        question.id = 1;
        question.prompt.text = "The cat sat on the mat";
        question.answers = {"a", secondAnswer};
        question.intervention.setFactor(held, 2.0);
        const auto answer = engine.preview(question, {});
        ASSERT_TRUE(answer);
        const std::vector<TokenId> ids = answer->baseline->prompt->ids;
        const CurveQuestion curve {
            .id = 7, .scope = {{moved, 1.0}}, .gammas = {0.0, 0.03, 0.5, 1.0, 4.0, 100.0}, .focus = moved};
        std::vector<CurvePoint> points;
        while (points.size() < curve.gammas.size()) {
            const auto more = engine.curvePoints(curve, points.size(), {});
            ASSERT_FALSE(more.empty());
            points.insert(points.end(), more.begin(), more.end());
        }
        const auto weights = test::tinyWeights();
        const auto lastLogits = [&](const test::ReferencePass &pass) {
            return logSoftmaxOf(pass.logitsRow(ids.size() - 1));
        };
        const std::vector<double> baseline = lastLogits(test::referenceForward(weights, ids));
        for (const CurvePoint &point : points) {
            SCOPED_TRACE(point.gamma);
            Intervention edits = question.intervention;
            edits.setFactor(moved, point.gamma);
            const auto pass = test::referenceForward(weights, ids, edits.edits());
            const std::vector<double> edited = lastLogits(pass);
            EXPECT_NEAR(point.klFromBaselineNats, divergence(baseline, edited), kDivergence);
            const auto row = pass.patternRow(1, 3, ids.size() - 1);
            EXPECT_NEAR(point.focusSinkMass, row[0], kTolerances.attention);
            EXPECT_NEAR(point.focusEntropyNats, entropyOf(row), kTolerances.entropy);
            std::vector<double> rest(row.begin() + 1, row.end());
            const double sum = std::accumulate(rest.begin(), rest.end(), 0.0);
            for (double &weight : rest)
                weight /= sum;
            EXPECT_NEAR(point.focusRestEntropyNats, entropyOf(rest), kTolerances.entropy);
        }
        // The curve has a shape: the test would not pass on constants.
        EXPECT_GT(points.back().focusSinkMass, points.front().focusSinkMass + 0.5);
        EXPECT_GT(points.back().klFromBaselineNats, 10 * kDivergence);
    }
}

} // namespace
} // namespace sinkscope
