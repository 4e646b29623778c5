// SPDX-License-Identifier: Apache-2.0
// The remaining time against rates worked out by hand.
#include "ui/theme/time_left.h"

#include <gtest/gtest.h>

namespace sinkscope::ui {

TEST(TimeLeft, ExtendsTheRateSinceTheFirstReport)
{
    TimeLeft left;
    EXPECT_EQ(left.text(0.2, 100.0), QString()); // nothing done since
    EXPECT_EQ(left.text(0.3, 100.4), QString()); // too early to tell
    // 0.2 in 2 s, 0.6 to go: 6 s
    EXPECT_EQ(left.text(0.4, 102.0), QStringLiteral("about 6 s left"));
    // 0.3 in 12 s, 0.5 to go: 20 s
    EXPECT_EQ(left.text(0.5, 112.0), QStringLiteral("about 20 s left"));
    EXPECT_EQ(left.text(1.0, 120.0), QString());
}

TEST(TimeLeft, LongTimesAreMinutes)
{
    TimeLeft left;
    left.text(0.0, 0.0);
    EXPECT_EQ(left.text(0.1, 10.0), QStringLiteral("about 2 min left")); // 90 s
    EXPECT_EQ(left.text(0.2, 14.0), QStringLiteral("about 55 s left")); // 56 s
    EXPECT_EQ(left.text(0.9, 15.0), QStringLiteral("about 2 s left")); // 1.7 s
    EXPECT_EQ(left.text(0.99, 16.0), QStringLiteral("about 1 s left"));
}

TEST(TimeLeft, ASmallerShareIsNewWork)
{
    TimeLeft left;
    left.text(0.0, 0.0);
    left.text(0.9, 1.0);
    EXPECT_EQ(left.text(0.1, 2.0), QString());
    EXPECT_EQ(left.text(0.2, 4.0), QStringLiteral("about 15 s left")); // 0.1 in 2 s, 0.8 to go: 16 s
    left.reset();
    EXPECT_EQ(left.text(0.5, 5.0), QString());
}

} // namespace sinkscope::ui
