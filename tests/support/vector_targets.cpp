// SPDX-License-Identifier: Apache-2.0
// Highway's own means of choosing a target for tests.
#include "tests/support/vector_targets.h"

#include <hwy/highway.h>

namespace sinkscope::test {

std::vector<std::int64_t> vectorTargets()
{
    std::vector<std::int64_t> targets;
    for (std::int64_t left = HWY_TARGETS; left != 0; left &= left - 1)
        targets.push_back(left & ~(left - 1)); // the lowest set bit is the best
    return targets;
}

std::string vectorTargetName(std::int64_t target)
{
    return hwy::TargetName(target);
}

bool vectorTargetIsPresent(std::int64_t target)
{
    return (hwy::SupportedTargets() & target) != 0;
}

ForcedVectorTarget::ForcedVectorTarget(std::int64_t target)
{
    hwy::SetSupportedTargetsForTest(target);
}

ForcedVectorTarget::~ForcedVectorTarget()
{
    hwy::SetSupportedTargetsForTest(0);
}

void OnVectorTarget::SetUp()
{
    if (!vectorTargetIsPresent(GetParam()))
        GTEST_SKIP() << "this processor has no " << vectorTargetName(GetParam());
    hwy::SetSupportedTargetsForTest(GetParam());
    ASSERT_EQ(hwy::SupportedTargets(), GetParam());
}

void OnVectorTarget::TearDown()
{
    hwy::SetSupportedTargetsForTest(0);
}

} // namespace sinkscope::test
