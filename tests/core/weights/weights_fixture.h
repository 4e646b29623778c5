// SPDX-License-Identifier: Apache-2.0
// A folder for files that a test makes, and what openWeights says to them.
#pragma once

#include "core/base/error.h"
#include "core/weights/open_weights.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace sinkscope::test {

/// Files live in a folder of the test alone, removed at its end.
class WeightsFixture : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "sinkscope-weights-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        m_folder = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }

    std::string written(const std::string &content, const std::string &name = "model.gguf") const
    {
        std::string path = (m_folder / name).string();
        std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
        return path;
    }

    std::shared_ptr<const WeightSource> opened(const std::string &content) const
    {
        return openWeights(written(content));
    }

    std::filesystem::path m_folder;
};

/// The sentence of the Error that `action` throws; empty when it throws none. Other exceptions pass through.
template <typename Action> std::string refusalOf(const Action &action)
{
    try {
        action();
    } catch (const Error &error) {
        return error.what();
    }
    return {};
}

inline std::string refusalOfFile(const std::string &path)
{
    return refusalOf([&] { openWeights(path); });
}

} // namespace sinkscope::test
