// SPDX-License-Identifier: Apache-2.0
// One head's causal attention under edits, against plain loops in double.
#include "core/ops/attention.h"

#include "core/base/random.h"
#include "tests/support/vector_targets.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace sinkscope {
namespace {

// Scores of size up to 5 carry about 5e-7 after the fp32 dot product; weights and outputs inherit it.
constexpr double kTolerance = 3e-6;

Matrix randomMatrix(Random &random, std::size_t rows, std::size_t columns, double deviation)
{
    Matrix matrix(rows, columns);
    for (float &value : matrix.values())
        value = static_cast<float>(deviation * random.normal());
    return matrix;
}

template <typename Change>
void onKeys(std::vector<double> &row, const PositionRange &keys, const Change &change)
{
    for (std::size_t key = keys.begin; key < keys.end && key < row.size(); ++key)
        change(row[key]);
}

// The definition: score factors, score shifts, softmax, gamma on key 0 and division by the row's sum, then
// the redistribution.
std::vector<double> definition(std::vector<double> scores, const HeadRowEdits &edits)
{
    const std::size_t query = scores.size() - 1;
    if (query == 0)
        return {1.0};
    for (const auto &edit : edits.scoreFactors)
        if (edit.rows.contains(query))
            onKeys(scores, edit.keys, [&](double &score) { score *= edit.factor; });
    for (const auto &edit : edits.scoreShifts)
        if (edit.rows.contains(query))
            onKeys(scores, edit.keys, [&](double &score) { score += edit.shift; });
    for (const auto &edit : edits.rowShifts)
        onKeys(scores, edit.keys, [&](double &score) { score += edit.shifts[query]; });
    double sinkGamma = 1.0;
    for (const auto &edit : edits.sinkFactors)
        sinkGamma *= edit.rows.contains(query) ? edit.gamma : 1.0;
    const double largest = *std::max_element(scores.begin(), scores.end());
    double sum = 0.0;
    for (std::size_t key = 0; key < scores.size(); ++key) {
        scores[key] = std::exp(scores[key] - largest) * (key == 0 ? sinkGamma : 1.0);
        sum += scores[key];
    }
    for (double &weight : scores)
        weight /= sum;
    for (const auto &edit : edits.redistributions) {
        double chosen = 0.0;
        for (const TokenPos key : edit.keys)
            chosen += key.asSize() <= query ? scores[key.asSize()] : 0.0;
        for (std::size_t key = 0; key < scores.size(); ++key) {
            const bool isChosen =
                std::find(edit.keys.begin(), edit.keys.end(), TokenPos(static_cast<std::int32_t>(key)))
                != edit.keys.end();
            scores[key] += isChosen ? (edit.keep - 1.0) * scores[key]
                                    : (1.0 - edit.keep) * chosen * scores[key] / (1.0 - chosen);
        }
    }
    return scores;
}

struct Head {
    Matrix queries;
    Matrix keys;
    Matrix values;
};

Head randomHead(std::size_t tokens, std::size_t size)
{
    Random random(5);
    return {randomMatrix(random, tokens, size, 1.5), randomMatrix(random, tokens, size, 1.5),
        randomMatrix(random, tokens, size, 1.0)};
}

struct Attended {
    Matrix out;
    std::vector<std::vector<float>> rows;
    std::vector<RowSummary> summaries;
};

Attended attend(const Head &head, std::size_t firstQuery, std::size_t rows, const HeadRowEdits *edits)
{
    const std::size_t size = head.queries.columns();
    const std::size_t keyCount = firstQuery + rows;
    Matrix scratch(rows, keyCount);
    Attended result {Matrix(rows, size), {}, {}};
    HeadAttentionBlock block;
    block.queries = {head.queries.row(firstQuery).data(), rows, size};
    block.keys = {head.keys.values().data(), keyCount, size};
    block.values = {head.values.values().data(), keyCount, size};
    block.firstQuery = firstQuery;
    block.scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(size)));
    block.scratch = scratch.view();
    block.out = result.out.view();
    attendBlock(
        block, edits, [&](std::size_t query, std::span<const float> weights, const RowSummary &summary) {
            EXPECT_EQ(query, firstQuery + result.rows.size());
            result.rows.emplace_back(weights.begin(), weights.end());
            result.summaries.push_back(summary);
        });
    return result;
}

void expectDefinition(
    const Head &head, std::size_t firstQuery, const Attended &got, const HeadRowEdits *edits)
{
    const std::size_t size = head.queries.columns();
    for (std::size_t row = 0; row < got.rows.size(); ++row) {
        const std::size_t query = firstQuery + row;
        std::vector<double> scores(query + 1);
        for (std::size_t key = 0; key <= query; ++key) {
            for (std::size_t at = 0; at < size; ++at)
                scores[key] += static_cast<double>(head.queries.at(query, at)) * head.keys.at(key, at);
            scores[key] /= std::sqrt(static_cast<double>(size));
        }
        const std::vector<double> weights = definition(scores, edits ? *edits : HeadRowEdits {});
        ASSERT_EQ(got.rows[row].size(), query + 1);
        for (std::size_t key = 0; key <= query; ++key)
            ASSERT_NEAR(got.rows[row][key], weights[key], kTolerance) << "query " << query << " key " << key;
        EXPECT_NEAR(got.summaries[row].sinkMass, weights[0], kTolerance) << "query " << query;
        for (std::size_t at = 0; at < size; ++at) {
            double sum = 0.0;
            for (std::size_t key = 0; key <= query; ++key)
                sum += weights[key] * head.values.at(key, at);
            for (const auto &factor :
                edits ? edits->outputFactors : std::vector<HeadRowEdits::OutputFactor> {})
                sum *= factor.rows.contains(query) ? factor.factor : 1.0;
            ASSERT_NEAR(got.out.at(row, at), sum, 2.0 * kTolerance) << "query " << query << " element " << at;
        }
    }
}

class AttendBlock : public test::OnVectorTarget { };

TEST_P(AttendBlock, WholePromptWithoutEdits)
{
    const Head head = randomHead(33, 16);
    expectDefinition(head, 0, attend(head, 0, 33, nullptr), nullptr);
}

TEST_P(AttendBlock, BlockThatStartsLater)
{
    const Head head = randomHead(33, 16);
    expectDefinition(head, 20, attend(head, 20, 13, nullptr), nullptr);
    expectDefinition(head, 32, attend(head, 32, 1, nullptr), nullptr);
}

constexpr double kRemoved = -std::numeric_limits<double>::infinity();

TEST_P(AttendBlock, EveryKindOfEdit)
{
    const Head head = randomHead(21, 8);
    std::vector<double> biases(21);
    for (std::size_t query = 0; query < biases.size(); ++query)
        biases[query] = query % 3 == 0 ? 0.0 : 0.1 * static_cast<double>(query);
    const std::vector<TokenPos> keys {TokenPos(4), TokenPos(9)};
    HeadRowEdits edits;
    edits.sinkFactors.push_back({{.begin = 1}, 0.3});
    edits.sinkFactors.push_back({{.begin = 9, .end = 12}, 2.0});
    edits.scoreFactors.push_back({{.begin = 4}, {3, 5}, 1.7});
    edits.scoreShifts.push_back({{.begin = 6}, {5, 9}, std::log(4.0)});
    edits.scoreShifts.push_back({{.begin = 6, .end = 18}, {2, 4}, kRemoved});
    edits.scoreShifts.push_back({{}, {6, 7}, -0.8});
    edits.rowShifts.push_back({{1, 3}, biases});
    edits.redistributions.push_back({keys, 0.4});
    edits.outputFactors.push_back({{.begin = 3}, 1.5});
    edits.outputFactors.push_back({{.begin = 20}, 0.0});
    expectDefinition(head, 0, attend(head, 0, 21, &edits), &edits);
    expectDefinition(head, 5, attend(head, 5, 16, &edits), &edits);
}

TEST_P(AttendBlock, EditsWithoutARowOfTheBlockChangeNoBit)
{
    const Head head = randomHead(21, 8);
    HeadRowEdits edits;
    edits.sinkFactors.push_back({{.begin = 21}, 0.3});
    edits.scoreFactors.push_back({{}, {21, 22}, 1.7});
    edits.scoreShifts.push_back({{.begin = 3, .end = 4}, {4, 22}, kRemoved});
    edits.outputFactors.push_back({{.begin = 30}, 0.0});
    const Attended plain = attend(head, 0, 21, nullptr);
    const Attended edited = attend(head, 0, 21, &edits);
    EXPECT_EQ(plain.rows, edited.rows);
    EXPECT_TRUE(std::ranges::equal(plain.out.values(), edited.out.values()));
}

TEST(EditedSoftmax, SinkRemovedByAScoreShift)
{
    HeadRowEdits edits;
    edits.scoreShifts.push_back({{}, {0, 1}, kRemoved});
    std::vector<float> row {9.0F, 1.0F, 1.0F};
    const RowSummary summary = editedSoftmax(row, row.size() - 1, edits);
    EXPECT_EQ(row[0], 0.0F);
    EXPECT_NEAR(row[1], 0.5F, 1e-6F);
    EXPECT_EQ(summary.sinkMass, 0.0);
    EXPECT_NEAR(summary.entropy, std::log(2.0), 1e-6);
}

TEST(EditedSoftmax, RestRemovedLeavesTheSink)
{
    HeadRowEdits edits;
    edits.scoreShifts.push_back({{}, {1, 2}, kRemoved});
    std::vector<float> row {0.5F, 3.0F};
    const RowSummary summary = editedSoftmax(row, row.size() - 1, edits);
    EXPECT_NEAR(row[0], 1.0F, 1e-6F);
    EXPECT_EQ(row[1], 0.0F);
    EXPECT_NEAR(summary.entropy, 0.0, 1e-6);
    EXPECT_FALSE(std::isnan(summary.restEntropy));
}

TEST(EditedSoftmax, RowThatWouldLoseAllKeysStays)
{
    std::vector<float> plain {0.5F, 1.0F};
    std::vector<float> row = plain;
    editedSoftmax(plain, 1, {});
    HeadRowEdits edits;
    edits.scoreShifts.push_back({{}, {1, 2}, kRemoved});
    edits.sinkFactors.push_back({{}, 0.0});
    editedSoftmax(row, row.size() - 1, edits);
    EXPECT_NEAR(row[0], plain[0], 1e-6F);
    EXPECT_NEAR(row[1], plain[1], 1e-6F);
}

TEST(EditedSoftmax, RowCoveredBySpansOfRemovedKeysStays)
{
    HeadRowEdits edits;
    edits.scoreShifts.push_back({{}, {2, 4}, kRemoved});
    edits.scoreShifts.push_back({{}, {0, 3}, kRemoved});
    edits.scoreFactors.push_back({{}, {0, 4}, 3.0});
    std::vector<float> plain {0.5F, 1.0F, -1.0F, 0.25F};
    std::vector<float> row = plain;
    sinkSplitSoftmax(plain);
    editedSoftmax(row, 3, edits);
    EXPECT_EQ(row, plain);
    std::vector<float> longer {0.5F, 1.0F, -1.0F, 0.25F, 7.0F}; // key 4 is left
    editedSoftmax(longer, 4, edits);
    EXPECT_EQ(longer, (std::vector<float> {0.0F, 0.0F, 0.0F, 0.0F, 1.0F}));
}

TEST(EditedSoftmax, ExtremeFactorsStayFinite)
{
    HeadRowEdits edits;
    edits.scoreFactors.push_back({{}, {0, 3}, 1e308});
    std::vector<float> row {2.0F, -3.0F, 0.0F};
    const RowSummary summary = editedSoftmax(row, 2, edits);
    EXPECT_EQ(row, (std::vector<float> {1.0F, 0.0F, 0.0F}));
    EXPECT_TRUE(std::isfinite(summary.entropy));
}

// By hand: S = {1, 3} holds 0.5; beta 0.4 leaves 0.2 there and moves 0.3 to keys 0 and 2 in proportion
// 0.4 : 0.1, so 0.4 + 0.24 and 0.1 + 0.06.
TEST(Redistribute, HandComputedRow)
{
    std::vector<float> row {0.4F, 0.3F, 0.1F, 0.2F};
    const std::vector<TokenPos> keys {TokenPos(1), TokenPos(3), TokenPos(8)};
    RowSummary summary;
    redistribute(row, {keys, 0.4}, summary);
    const std::vector<double> expected {0.64, 0.12, 0.16, 0.08};
    for (std::size_t key = 0; key < row.size(); ++key)
        EXPECT_NEAR(row[key], expected[key], 1e-7) << key; // fp32 of numbers below 1
    EXPECT_NEAR(summary.sinkMass, 0.64, 1e-7);
    EXPECT_NEAR(summary.restMass, 0.36, 1e-7);
    EXPECT_NEAR(summary.entropy,
        -(0.64 * std::log(0.64) + 0.12 * std::log(0.12) + 0.16 * std::log(0.16) + 0.08 * std::log(0.08)),
        1e-6);
    EXPECT_NEAR(summary.restEntropy,
        -(std::log(1.0 / 3.0) / 3.0 + 4.0 / 9.0 * std::log(4.0 / 9.0) + 2.0 / 9.0 * std::log(2.0 / 9.0)),
        1e-6);
}

TEST(Redistribute, RowOfTheSetAloneStays)
{
    std::vector<float> row {0.0F, 0.25F, 0.75F};
    const std::vector<TokenPos> keys {TokenPos(1), TokenPos(2)};
    RowSummary summary;
    redistribute(row, {keys, 0.4}, summary);
    EXPECT_EQ(row, (std::vector<float> {0.0F, 0.25F, 0.75F}));
}

INSTANTIATE_TEST_SUITE_P(
    Targets, AttendBlock, testing::ValuesIn(test::vectorTargets()), test::NameOfVectorTarget());

} // namespace
} // namespace sinkscope
