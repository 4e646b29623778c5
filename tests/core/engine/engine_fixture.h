// SPDX-License-Identifier: Apache-2.0
// An engine on a tiny model with a question to it, and one that has seen nothing before.
#pragma once

#include "core/engine/engine.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <string>

namespace sinkscope {

// Reuse runs the same products on the same rows; OpenBLAS may choose other kernels by shape, hence 1e-5 and
// not 0.
inline constexpr double kSamePass = 1e-5;

class EngineFixture : public ::testing::Test {
protected:
    void SetUp() override
    {
        m_path = test::writeTinyModel();
        m_engine.loadModel(m_path, {}, {});
        m_question.id = 1;
        m_question.prompt.text = "The cat sat on the mat";
        m_question.answers = {" a", "bc"};
    }

    PassAnswer ask(Engine &engine) const
    {
        const auto preview = engine.preview(m_question, {});
        EXPECT_TRUE(preview.has_value());
        const auto full = engine.complete(*preview, {});
        EXPECT_TRUE(full.has_value());
        return *full;
    }

    void turn(int layer, int head, double gamma)
    {
        m_question.intervention.setFactor({LayerIndex(layer), HeadIndex(head)}, gamma);
    }

    /// The same question to an engine that has seen nothing before.
    PassAnswer askAfresh() const
    {
        Engine fresh;
        fresh.loadModel(m_path, {}, {});
        return ask(fresh);
    }

    std::string m_path;
    Engine m_engine;
    PassQuestion m_question;
};

} // namespace sinkscope
