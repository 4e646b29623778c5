// SPDX-License-Identifier: Apache-2.0
// Text after the prompt with and without the edits, asked of the engine on demand, and what it answers.
#pragma once

#include "core/engine/request.h"
#include "core/model/text_generator.h"

namespace sinkscope {

enum class GenerationMethod : std::uint8_t {
    Greedy, ///< the likeliest token each time
    Sample, ///< drawn, by temperature, topK, topP and seed
    Beam, ///< the likeliest text of `beams` at each length
};

/// Text after the prompt of the newest answered PassQuestion, under its edits.
struct GenerationQuestion {
    RequestId id = 0;
    GenerationMethod method = GenerationMethod::Greedy;
    int maxNewTokens = 40;
    double temperature = 1.0; ///< >= 0
    int topK = 0; ///< 0 keeps all
    double topP = 1.0; ///< in (0, 1]
    std::uint64_t seed = 0; ///< both texts are drawn with the same numbers
    int beams = 4;

    bool operator==(const GenerationQuestion &) const = default;
};

/// A text, perhaps on its way.
struct GeneratedText {
    std::vector<GeneratedToken> tokens;
    std::optional<GenerationEnd> end; ///< nothing: it goes on

    bool operator==(const GeneratedText &) const = default;
};

/// Both texts so far. Without an effective edit `edited` equals `baseline`.
struct GenerationAnswer {
    GenerationQuestion question;
    std::shared_ptr<const TokenizedPrompt> prompt;
    Intervention edits; ///< as asked
    GeneratedText baseline;
    GeneratedText edited;
    bool isComplete() const { return baseline.end && edited.end; }
};

/// Index of the first token in which the texts differ; that of the first one that only one of them has, when
/// the other has ended. Nothing: none does, as far as both are known.
std::optional<std::size_t> firstDifference(const GeneratedText &one, const GeneratedText &other);

} // namespace sinkscope
