// SPDX-License-Identifier: Apache-2.0
// One head's causal attention under edits, against plain loops in double.
#include "core/ops/attention.h"

#include "core/base/random.h"

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

// The definition: score factors, score shifts, softmax, then gamma on key 0 and division by the row's sum.
std::vector<double> definition(std::vector<double> scores, const RowEdits &edits)
{
    for (const auto &factor : edits.scoreFactors)
        scores[factor.key] *= static_cast<double>(factor.factor);
    for (const auto &shift : edits.scoreShifts)
        scores[shift.key] += shift.logGamma;
    const double largest = *std::max_element(scores.begin(), scores.end());
    double sum = 0.0;
    for (std::size_t key = 0; key < scores.size(); ++key) {
        scores[key] = std::exp(scores[key] - largest);
        if (key == 0 && scores.size() > 1)
            scores[key] *= edits.sinkGamma;
        sum += scores[key];
    }
    for (double &weight : scores)
        weight /= sum;
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

Attended attend(const Head &head, std::size_t firstQuery, std::size_t rows, const RowEditsFn &edits)
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

void expectDefinition(const Head &head, std::size_t firstQuery, const Attended &got, const RowEditsFn &edits)
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
        RowEdits rowEdits;
        if (edits)
            edits(query, rowEdits);
        const std::vector<double> weights = definition(scores, rowEdits);
        ASSERT_EQ(got.rows[row].size(), query + 1);
        for (std::size_t key = 0; key <= query; ++key)
            ASSERT_NEAR(got.rows[row][key], weights[key], kTolerance) << "query " << query << " key " << key;
        EXPECT_NEAR(got.summaries[row].sinkMass, weights[0], kTolerance) << "query " << query;
        for (std::size_t at = 0; at < size; ++at) {
            double sum = 0.0;
            for (std::size_t key = 0; key <= query; ++key)
                sum += weights[key] * head.values.at(key, at);
            ASSERT_NEAR(got.out.at(row, at), sum, 2.0 * kTolerance) << "query " << query << " element " << at;
        }
    }
}

TEST(AttendBlock, WholePromptWithoutEdits)
{
    const Head head = randomHead(33, 16);
    expectDefinition(head, 0, attend(head, 0, 33, {}), {});
}

TEST(AttendBlock, BlockThatStartsLater)
{
    const Head head = randomHead(33, 16);
    expectDefinition(head, 20, attend(head, 20, 13, {}), {});
    expectDefinition(head, 32, attend(head, 32, 1, {}), {});
}

TEST(AttendBlock, EveryKindOfEdit)
{
    const Head head = randomHead(21, 8);
    const RowEditsFn edits = [](std::size_t query, RowEdits &row) {
        row.clear();
        if (query >= 1)
            row.sinkGamma = 0.3;
        if (query >= 4)
            row.scoreFactors.push_back({3, 1.7F});
        if (query >= 6) {
            row.scoreShifts.push_back({5, std::log(4.0)});
            row.scoreShifts.push_back({2, -std::numeric_limits<double>::infinity()});
        }
    };
    expectDefinition(head, 0, attend(head, 0, 21, edits), edits);
    expectDefinition(head, 5, attend(head, 5, 16, edits), edits);
}

TEST(EditedSoftmax, SinkRemovedByAScoreShift)
{
    RowEdits edits;
    edits.scoreShifts.push_back({0, -std::numeric_limits<double>::infinity()});
    std::vector<float> row {9.0F, 1.0F, 1.0F};
    const RowSummary summary = editedSoftmax(row, edits);
    EXPECT_EQ(row[0], 0.0F);
    EXPECT_NEAR(row[1], 0.5F, 1e-6F);
    EXPECT_EQ(summary.sinkMass, 0.0);
    EXPECT_NEAR(summary.entropy, std::log(2.0), 1e-6);
}

TEST(EditedSoftmax, RestRemovedLeavesTheSink)
{
    RowEdits edits;
    edits.scoreShifts.push_back({1, -std::numeric_limits<double>::infinity()});
    std::vector<float> row {0.5F, 3.0F};
    const RowSummary summary = editedSoftmax(row, edits);
    EXPECT_NEAR(row[0], 1.0F, 1e-6F);
    EXPECT_EQ(row[1], 0.0F);
    EXPECT_NEAR(summary.entropy, 0.0, 1e-6);
    EXPECT_FALSE(std::isnan(summary.restEntropy));
}

TEST(EditedSoftmax, RowThatWouldLoseAllKeysStays)
{
    std::vector<float> plain {0.5F, 1.0F};
    std::vector<float> row = plain;
    editedSoftmax(plain, {});
    RowEdits edits;
    edits.scoreShifts.push_back({1, -std::numeric_limits<double>::infinity()});
    edits.sinkGamma = 0.0;
    editedSoftmax(row, edits);
    EXPECT_NEAR(row[0], plain[0], 1e-6F);
    EXPECT_NEAR(row[1], plain[1], 1e-6F);
}

} // namespace
} // namespace sinkscope
