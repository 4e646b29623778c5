// SPDX-License-Identifier: Apache-2.0
// Derivatives by ln gamma of every head against central differences of the slow forward pass in double, and
// of our own.
#include "core/model/backward.h"

#include "core/base/random.h"
#include "core/weights/open_weights.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"

#include <cmath>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using test::headEdit;
using test::ModelSession;
using test::randomTokens;
using test::TinyModelOptions;
using test::withEdits;

// The derivatives are sums over rows and layers of fp32 products; the largest difference met is 6e-6 of
// values up to 1, and a missing path is off by 1e-3 or more.
constexpr double kTolerance = 2e-5;

/// Two scalars of the logits: random sums. [2, V]
Matrix randomScalars(std::size_t vocabulary)
{
    Matrix scalars(2, vocabulary);
    Random random(7);
    for (float &value : scalars.values())
        value = static_cast<float>(0.1 * random.normal());
    return scalars;
}

/// The edits with the plain factor of `head` times `factor`.
Intervention turned(Intervention edits, HeadRef head, double factor)
{
    edits.setFactor(head, edits.factor(head) * factor);
    return edits;
}

/// (f(h) - f(-h)) 2/3 / h - (f(2h) - f(-2h)) / 12 / h: exact to h^4.
double slope(const std::function<double(double)> &scalar, double h)
{
    return (8.0 * (scalar(h) - scalar(-h)) - (scalar(2.0 * h) - scalar(-2.0 * h))) / (12.0 * h);
}

double dot(std::span<const double> logits, std::span<const float> scalar)
{
    double sum = 0.0;
    for (std::size_t id = 0; id < logits.size(); ++id)
        sum += logits[id] * static_cast<double>(scalar[id]);
    return sum;
}

/// Derivative of each scalar by ln gamma of `head`, from the reference in double.
double expectedSlope(const test::ReferenceWeights &weights, const std::vector<TokenId> &tokens,
    const Intervention &edits, HeadRef head, std::span<const float> scalar)
{
    return slope(
        [&](double logGamma) {
            const Intervention at = turned(edits, head, std::exp(logGamma));
            const auto pass = test::referenceForward(weights, tokens, at.edits(), -1, at.frozen());
            return dot(pass.logitsRow(tokens.size() - 1), scalar);
        },
        1e-3); // truncation h^4 and rounding 1e-16 / h are both below 1e-11
}

std::vector<Matrix> derivatives(ModelSession &session, const std::vector<TokenId> &tokens,
    const Intervention &edits, const Matrix &scalars, std::size_t patternBudgetBytes = std::size_t {1} << 30)
{
    PassRequest request;
    request.tokens = tokens;
    request.intervention = &edits;
    request.capture.patternBudgetBytes = patternBudgetBytes;
    const auto pass = session.transformer().run(request, {});
    BackwardPass backward(session.model(), session.gemm());
    return backward.run({.pass = pass.get(), .intervention = &edits, .logitGradients = scalars.view()}, {})
        .value();
}

void expectEqualsReference(const TinyModelOptions &options, std::size_t tokenCount, const Intervention &edits,
    GemmBackend backend = GemmBackend::Packed)
{
    const std::vector<TokenId> tokens = randomTokens(tokenCount);
    ModelSession session(test::writeTinyModel(options), {.backend = backend});
    const Matrix scalars = randomScalars(static_cast<std::size_t>(options.vocabulary));
    const std::vector<Matrix> got = derivatives(session, tokens, edits, scalars);
    const test::ReferenceWeights weights = test::tinyWeights(options);
    ASSERT_EQ(got.size(), 2U);
    double largest = 0.0;
    for (std::size_t scalar = 0; scalar < 2; ++scalar)
        for (int layer = 0; layer < options.layers; ++layer)
            for (int head = 0; head < options.heads; ++head) {
                const HeadRef ref {LayerIndex(layer), HeadIndex(head)};
                const double value = got[scalar].at(ref.layer.asSize(), ref.head.asSize());
                largest = std::max(largest, std::fabs(value));
                EXPECT_NEAR(
                    value, expectedSlope(weights, tokens, edits, ref, scalars.row(scalar)), kTolerance)
                    << "scalar " << scalar << " layer " << layer << " head " << head;
            }
    if (tokenCount > 1 && edits.empty()) {
        EXPECT_GT(largest, 10.0 * kTolerance); // the comparison says something
    }
}

struct Shape {
    std::string name;
    TinyModelOptions options;
    std::size_t tokens = 12;
};

Shape shaped(std::string name, std::size_t tokens, const std::function<void(TinyModelOptions &)> &change)
{
    Shape shape {std::move(name), {}, tokens};
    change(shape.options);
    return shape;
}

std::vector<Shape> shapes()
{
    return {shaped("Grouped", 12, [](TinyModelOptions &) {}),
        shaped("OneToken", 1, [](TinyModelOptions &) {}), shaped("TwoTokens", 2, [](TinyModelOptions &) {}),
        shaped("LongerThanABlockOfRows", 71, [](TinyModelOptions &options) { options.layers = 2; }),
        shaped("WholeBlocksOfRows", 64, [](TinyModelOptions &options) { options.layers = 2; }),
        shaped("OneKvHeadAHead", 12,
            [](TinyModelOptions &options) {
                options.kvHeads = 4;
                options.tied = false;
            }),
        shaped("OneKvHeadForAllAndOddSizes", 12,
            [](TinyModelOptions &options) {
                options.heads = 5;
                options.kvHeads = 1;
                options.headSize = 14;
                options.hidden = 27;
                options.feedForward = 41;
            }),
        shaped("OneLayerOneHead", 12,
            [](TinyModelOptions &options) {
                options.layers = 1;
                options.heads = 1;
                options.kvHeads = 1;
            }),
        shaped("HeadsPartlyRotated", 12,
            [](TinyModelOptions &options) {
                options.headSize = 16;
                options.rotarySize = 8;
            }),
        shaped("StoredAsQ4_1", 12,
            [](TinyModelOptions &options) { options.storage = test::TinyStorage::Q4_1; })};
}

class BackwardShapes : public testing::TestWithParam<Shape> { };

TEST_P(BackwardShapes, EqualCentralDifferencesOfTheReference)
{
    expectEqualsReference(GetParam().options, GetParam().tokens, {});
}

INSTANTIATE_TEST_SUITE_P(
    All, BackwardShapes, testing::ValuesIn(shapes()), [](const auto &shape) { return shape.param.name; });

TEST(Backward, OnTheTileUnitEqualsCentralDifferencesToo)
{
    const Intervention edits = withEdits({headEdit(0, 1, 0.4), headEdit(1, 2, 2.5)});
    for (const test::TinyStorage storage : {test::TinyStorage::F32, test::TinyStorage::Q4_1}) {
        TinyModelOptions options;
        options.storage = storage;
        expectEqualsReference(options, 12, edits, GemmBackend::Amx);
    }
}

class BackwardEdits : public testing::TestWithParam<test::NamedIntervention> { };

TEST_P(BackwardEdits, EqualCentralDifferencesAtTheEdits)
{
    expectEqualsReference({}, 12, GetParam().intervention);
}

INSTANTIATE_TEST_SUITE_P(
    All, BackwardEdits, testing::ValuesIn(test::manyInterventions()), [](const auto &named) {
        std::string name = named.param.name;
        for (char &letter : name)
            if (std::isalnum(static_cast<unsigned char>(letter)) == 0)
                letter = '_';
        return name;
    });

/// Sets of keys as the baseline act freezes them, beside other edits.
std::vector<test::NamedIntervention> redistributions()
{
    std::vector<test::NamedIntervention> all {{"Alone", {}},
        {"WithEditsOfTheSameHeads",
            withEdits({headEdit(1, 2, 0.4), headEdit(1, 2, 2.0, 3, EditKind::Logit),
                headEdit(1, 2, 1.3, 4, EditKind::Key), headEdit(1, 2, 1.2, 0, EditKind::Gain),
                headEdit(0, 1, 3.0)})},
        {"WithKeyZeroOff", withEdits({headEdit(1, 2, 0.0), headEdit(0, 1, 0.0, 0, EditKind::Logit)})},
        {"WhereARowWouldLoseAllKeys",
            withEdits({headEdit(1, 2, 0.0), headEdit(1, 2, 0.0, 1, EditKind::Logit)})},
        {"TwoOfOneHead", {}}, {"ThatTakeAll", {}}};
    for (test::NamedIntervention &named : all) {
        const double keep = named.name == "ThatTakeAll" ? 0.0 : 0.4;
        std::vector<FrozenEdit> frozen {test::redistribution(0, 1, keep, {2, 3, 7}),
            test::redistribution(1, 2, keep, {0, 4}), // key 0 among them
            test::redistribution(2, 3, keep, {1, 2, 5, 8, 9})};
        if (named.name == "TwoOfOneHead")
            frozen.push_back(test::redistribution(1, 2, 0.7, {1, 4, 6}));
        for (FrozenEdit &edit : frozen)
            named.intervention.add(std::move(edit));
    }
    return all;
}

class BackwardRedistributions : public testing::TestWithParam<test::NamedIntervention> { };

TEST_P(BackwardRedistributions, EqualCentralDifferencesAtTheEdits)
{
    expectEqualsReference({}, 12, GetParam().intervention);
}

INSTANTIATE_TEST_SUITE_P(All, BackwardRedistributions, testing::ValuesIn(redistributions()),
    [](const auto &named) { return named.param.name; });

TEST(Backward, RedistributionsDoNotNeedRecordedPatterns)
{
    const std::vector<TokenId> tokens = randomTokens(40);
    const Intervention edits = redistributions()[1].intervention;
    ModelSession session(test::writeTinyModel());
    const Matrix scalars = randomScalars(320);
    const auto recorded = derivatives(session, tokens, edits, scalars);
    const auto again = derivatives(session, tokens, edits, scalars, 0);
    EXPECT_EQ(std::memcmp(recorded[0].values().data(), again[0].values().data(), again[0].byteSize()), 0);
}

TEST(Backward, IsZeroForAHeadThatIsOff)
{
    const std::vector<TokenId> tokens = randomTokens(10);
    ModelSession session(test::writeTinyModel());
    const Intervention edits = withEdits({headEdit(1, 2, 0.0), headEdit(0, 1, 0.0, 0, EditKind::Logit)});
    const std::vector<Matrix> got = derivatives(session, tokens, edits, randomScalars(320));
    EXPECT_EQ(got[0].at(1, 2), 0.0F);
    EXPECT_EQ(got[0].at(0, 1), 0.0F);
    EXPECT_NE(got[0].at(1, 1), 0.0F);
}

TEST(Backward, ARowThatWouldLoseAllKeysStaysAndCounts)
{
    // Row 1 of the edited head sees keys 0 and 1, both removed: it stays as it was, and so does the path
    // through it, which the derivatives of the layer below show.
    const Intervention edits = withEdits({headEdit(1, 2, 0.0), headEdit(1, 2, 0.0, 1, EditKind::Logit),
        headEdit(1, 2, 0.5, 1, EditKind::Key)});
    const std::vector<TokenId> tokens = randomTokens(6);
    ModelSession session(test::writeTinyModel());
    const Matrix scalars = randomScalars(320);
    const std::vector<Matrix> got = derivatives(session, tokens, edits, scalars);
    EXPECT_EQ(got[0].at(1, 2), 0.0F);
    for (int head = 0; head < 4; ++head) {
        const HeadRef ref {LayerIndex(0), HeadIndex(head)};
        EXPECT_NEAR(got[0].at(0, ref.head.asSize()),
            slope(
                [&](double logGamma) {
                    const Intervention at = turned(edits, ref, std::exp(logGamma));
                    const auto logits = session.run(tokens, &at)->logitsLast;
                    return dot(std::vector<double>(logits.begin(), logits.end()), scalars.row(0));
                },
                0.1),
            1e-4)
            << head; // fp32 logits of 1 differ by 1e-6, divided by the step; truncation 1e-5
    }
}

TEST(Backward, RecordedPatternsAndThoseComputedAgainGiveTheSameBytes)
{
    const std::vector<TokenId> tokens = randomTokens(40);
    ModelSession session(test::writeTinyModel());
    const Intervention edits = test::everyHead(3, 4, headEdit(0, 0, 1.5));
    const Matrix scalars = randomScalars(320);
    const auto recorded = derivatives(session, tokens, edits, scalars);
    const auto again = derivatives(session, tokens, edits, scalars, 0);
    for (std::size_t scalar = 0; scalar < 2; ++scalar)
        EXPECT_EQ(std::memcmp(recorded[scalar].values().data(), again[scalar].values().data(),
                      recorded[scalar].byteSize()),
            0);
}

TEST(Backward, MappedWeightsAndAnyNumberOfThreadsGiveTheSameBytes)
{
    const std::vector<TokenId> tokens = randomTokens(40);
    const std::string path = test::writeTinyModel();
    const Matrix scalars = randomScalars(320);
    ModelSession packed(path, {}, 1);
    ModelSession mapped(path, {.expandedBudgetBytes = 0}, 3);
    const auto left = derivatives(packed, tokens, {}, scalars);
    const auto right = derivatives(mapped, tokens, {}, scalars);
    EXPECT_EQ(std::memcmp(left[1].values().data(), right[1].values().data(), left[1].byteSize()), 0);
}

/// A model of `options` with the other rotary layout: no file has it yet, so its parts are put together here.
struct HalvesModel {
    explicit HalvesModel(const TinyModelOptions &options)
        : pool(2)
        , gemm(pool)
    {
        const auto source = openWeights(test::writeTinyModel(options));
        model.config = readModelConfig(*source);
        model.config.rotaryLayout = RotaryLayout::Halves;
        model.weights = *loadModelWeights({source, model.config, {}}, pool, {}, {});
    }
    ThreadPool pool;
    Gemm gemm;
    Model model;
};

TEST(Backward, RotaryHalvesEqualCentralDifferencesOfOurOwnForward)
{
    HalvesModel halves({});
    Transformer transformer(halves.model, halves.gemm);
    BackwardPass backward(halves.model, halves.gemm);
    const std::vector<TokenId> tokens = randomTokens(12);
    const Intervention edits = withEdits({headEdit(1, 1, 2.0), headEdit(2, 0, 0.5, 3, EditKind::Key)});
    const Matrix scalars = randomScalars(320);
    const auto run = [&](const Intervention &at) {
        PassRequest request;
        request.tokens = tokens;
        request.intervention = &at;
        return transformer.run(request, {});
    };
    const auto pass = run(edits);
    const auto got =
        backward.run({.pass = pass.get(), .intervention = &edits, .logitGradients = scalars.view()}, {});
    for (int layer = 0; layer < 3; ++layer)
        for (int head = 0; head < 4; ++head) {
            const HeadRef ref {LayerIndex(layer), HeadIndex(head)};
            const double expected = slope(
                [&](double logGamma) {
                    const auto logits = run(turned(edits, ref, std::exp(logGamma)))->logitsLast;
                    return dot(std::vector<double>(logits.begin(), logits.end()), scalars.row(0));
                },
                0.1); // fp32 logits differ by 1e-6, divided by the step; truncation 1e-5
            EXPECT_NEAR(got->at(0).at(ref.layer.asSize(), ref.head.asSize()), expected, 1e-4)
                << layer << ' ' << head;
        }
}

TEST(Backward, StopsWhenAsked)
{
    ModelSession session(test::writeTinyModel());
    const auto pass = session.run(randomTokens(8));
    Gemm gemm(session.pool());
    BackwardPass backward(session.model(), gemm);
    const Matrix scalars = randomScalars(320);
    std::stop_source stop;
    int layers = 0;
    BackwardRequest request {.pass = pass.get(), .logitGradients = scalars.view(), .progress = [&](double) {
                                 ++layers;
                                 stop.request_stop();
                             }};
    EXPECT_FALSE(backward.run(request, stop.get_token()));
    EXPECT_EQ(layers, 1);
    request.progress = [&](double fraction) { EXPECT_GT(fraction, 0.0); };
    EXPECT_TRUE(backward.run(request, {})); // and works again afterwards
}

} // namespace
} // namespace sinkscope
