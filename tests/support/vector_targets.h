// SPDX-License-Identifier: Apache-2.0
// Runs tests on each instruction set that the kernels are compiled for, not only on the best one present.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace sinkscope::test {

/// Sets that Highway compiles for on this architecture, as its masks of one bit, best first.
std::vector<std::int64_t> vectorTargets();
/// "AVX2", as Highway names it.
std::string vectorTargetName(std::int64_t target);
bool vectorTargetIsPresent(std::int64_t target);

/// While it lives the kernels run on one target. Threads: no kernel may be running when it comes or goes.
class ForcedVectorTarget {
public:
    explicit ForcedVectorTarget(std::int64_t target); ///< precondition: it is present
    ~ForcedVectorTarget();
    ForcedVectorTarget(const ForcedVectorTarget &) = delete;
    ForcedVectorTarget &operator=(const ForcedVectorTarget &) = delete;
};

/// Each test runs on the target of its parameter, and says so where this processor lacks it.
class OnVectorTarget : public testing::TestWithParam<std::int64_t> {
protected:
    void SetUp() override;
    void TearDown() override;
};

/// INSTANTIATE_TEST_SUITE_P with it: names of the tests.
struct NameOfVectorTarget {
    std::string operator()(const testing::TestParamInfo<std::int64_t> &target) const
    {
        return vectorTargetName(target.param);
    }
};

} // namespace sinkscope::test
