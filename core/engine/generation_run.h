// SPDX-License-Identifier: Apache-2.0
// Two texts that are being generated: with and without the edits.
#pragma once

#include "core/engine/generation_job.h"

#include <memory>

namespace sinkscope {

/// Holds all it needs of the pass it began at, so that later questions may come in between. Owner: Engine.
struct GenerationRun {
    GenerationAnswer answer;
    Intervention prepared; // the edits, worked out for the prompt; outlives `edited`
    std::unique_ptr<TextGenerator> baseline;
    std::unique_ptr<TextGenerator> edited; // null: nothing is edited
};

} // namespace sinkscope
