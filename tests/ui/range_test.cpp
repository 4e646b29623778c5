// SPDX-License-Identifier: Apache-2.0
// The colour ranges: which values set them, and that they stay still under the hand.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/state/live_attention.h"
#include "ui/views/head_map_picture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

TEST(Ranges, TheFirstMoveOfADragKeepsTheColourRangeBeforeIt)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    const auto rangeOfMap = [&driver] {
        return headMapScales(driver.find<HeadMapView>("patternMap").data()).rest.maximum;
    };
    const HeadRef head = driver.selection().head();
    driver.state().setFactors({{head, 0.0}}, {}); // the other keys share all attention: the widest range
    ASSERT_TRUE(driver.waitComplete());
    const double before = rangeOfMap();
    driver.state().beginDrag();
    driver.state().setFactors({{head, 100.0}}, {});
    EXPECT_EQ(rangeOfMap(), before);
    driver.state().endDrag({});
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_EQ(driver.bench->range.held(), SharedRange::Ends());
}

/// Presses, turns the head to other factors, lets go: the ends of all scales at each step, that of the map of
/// all heads last.
std::vector<std::array<double, 3>> endsDuringADrag(UiDriver &driver, HeadRef head)
{
    std::vector<std::array<double, 3>> ends;
    const auto keep = [&] {
        const HeadMapScales scales = headMapScales(driver.find<HeadMapView>("patternMap").data());
        ends.push_back({scales.rest.maximum, scales.keyZero.maximum,
            driver.find<HeatmapView>("headMap").data().maximum});
    };
    keep();
    driver.state().beginDrag();
    for (const double gamma : {100.0, 0.0, 5.0}) {
        driver.state().setFactors({{head, gamma}}, {});
        keep(); // the closed form
        EXPECT_TRUE(driver.waitComplete());
        keep();
    }
    driver.state().setFactors({{head, 0.01}}, {});
    driver.state().endDrag({});
    keep(); // let go, and not computed yet
    return ends;
}

class RangeOfMap : public testing::TestWithParam<std::pair<PatternRange, Side>> { };

TEST_P(RangeOfMap, StaysStillFromThePressUntilTheResultIsThere)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    const HeadRef head = driver.selection().head();
    driver.selection().setRange(GetParam().first);
    driver.selection().setSide(GetParam().second);
    driver.state().setFactors({{head, 3.0}}, {});
    ASSERT_TRUE(driver.waitComplete());
    const auto ends = endsDuringADrag(driver, head);
    EXPECT_EQ(ends, std::vector(ends.size(), ends.front()));
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_FALSE(driver.bench->range.isHeld());
}

INSTANTIATE_TEST_SUITE_P(Panels, RangeOfMap,
    testing::Values(std::pair(PatternRange::ThisHead, Side::Edited),
        std::pair(PatternRange::ThisHead, Side::Difference), std::pair(PatternRange::AllHeads, Side::Edited),
        std::pair(PatternRange::AllHeads, Side::Difference)));

TEST(Ranges, TheRangeOfNoDifferenceGrowsWithTheFirstOnes)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    driver.selection().setSide(Side::Difference);
    const auto ends = endsDuringADrag(driver, driver.selection().head());
    for (const std::size_t scale : {std::size_t {1}, std::size_t {2}}) {
        EXPECT_GT(ends.back()[scale], ends.front()[scale]) << scale;
        EXPECT_TRUE(std::is_sorted(ends.begin(), ends.end(), [scale](const auto &left, const auto &right) {
            return left[scale] < right[scale];
        })) << scale;
    }
}

TEST(Ranges, TheRangeOfAllHeadsLeavesOutRowsOfFewKeysAsThatOfOneHeadDoes)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    double greatest = 0.0; // from row 4 on, over every head
    for (const auto &layer : driver.state().baseline()->pass->layers) {
        for (HeadIndex head; head.asSize() < layer->headCount(); ++head) {
            for (std::int32_t query = 4; query < static_cast<std::int32_t>(layer->tokenCount()); ++query) {
                const auto row = layer->patternRow(head, TokenPos(query));
                for (std::size_t key = 1; key < row.size(); ++key)
                    greatest = std::max(greatest, static_cast<double>(row[key]));
            }
        }
    }
    driver.selection().setRange(PatternRange::AllHeads);
    EXPECT_EQ(driver.find<HeadMapView>("patternMap").data().sharedMaximum, greatest);
    EXPECT_LT(greatest, greatestRestWeight(*driver.state().baseline())); // else the rows make no difference
}

} // namespace
