// SPDX-License-Identifier: Apache-2.0
// Down-sampling of attention: values worked out by hand.
#include "ui/views/strongest_cells.h"

#include <gtest/gtest.h>

#include <vector>

using namespace sinkscope::ui;

namespace {

TEST(StrongestCells, TheGreatestOfRowsAndKeysIsSeen)
{
    StrongestCells cells(Strength::Greatest, 4);
    cells.take(std::vector<float> {0.1F, 0.5F});
    cells.take(std::vector<float> {0.3F, 0.2F, 0.4F});
    EXPECT_EQ(cells.length(), 3U) << "the fourth key is later than both queries";
    EXPECT_EQ(cells.strongest(0, 0), 0.3F);
    EXPECT_EQ(cells.strongest(1, 1), 0.5F);
    EXPECT_EQ(cells.strongest(0, 2), 0.5F);
    EXPECT_EQ(cells.strongest(2, 2), 0.4F);
}

TEST(StrongestCells, OfChangesTheLargestOfEitherSignIsSeen)
{
    StrongestCells cells(Strength::LargestChange, 3);
    cells.take(std::vector<float> {-0.4F, 0.1F, 0.05F});
    cells.take(std::vector<float> {0.3F, 0.2F, -0.01F});
    EXPECT_EQ(cells.strongest(0, 0), -0.4F);
    EXPECT_EQ(cells.strongest(1, 1), 0.2F);
    EXPECT_EQ(cells.strongest(1, 2), 0.2F);
    EXPECT_EQ(cells.strongest(0, 2), -0.4F);
}

TEST(StrongestCells, NothingOfEarlierRowsIsLeftAfterClearing)
{
    StrongestCells cells(Strength::LargestChange, 2);
    cells.take(std::vector<float> {0.9F, -0.9F});
    cells.clear();
    EXPECT_EQ(cells.length(), 0U);
    cells.take(std::vector<float> {-0.1F});
    EXPECT_EQ(cells.length(), 1U);
    EXPECT_EQ(cells.strongest(0, 0), -0.1F);
}

} // namespace
