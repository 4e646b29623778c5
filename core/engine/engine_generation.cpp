// SPDX-License-Identifier: Apache-2.0
// Text after the prompt of the last preview, a token a call.
#include "core/engine/engine.h"

#include "core/base/error.h"
#include "core/model/beam_search.h"
#include "core/model/generate.h"

#include <algorithm>

namespace sinkscope {

namespace {

std::unique_ptr<TextGenerator> makeText(Transformer &transformer, const PassResult &pass,
    const Intervention *edits, const GenerationQuestion &question)
{
    if (question.method == GenerationMethod::Beam)
        return std::make_unique<BeamSearch>(transformer, pass, edits,
            BeamOptions {.maxNewTokens = question.maxNewTokens, .beams = question.beams});
    SamplingOptions options {.maxNewTokens = question.maxNewTokens};
    if (question.method == GenerationMethod::Sample) {
        options.temperature = question.temperature;
        options.topK = question.topK;
        options.topP = question.topP;
        options.seed = question.seed;
    }
    return std::make_unique<Continuation>(transformer, pass, edits, options);
}

} // namespace

std::optional<std::size_t> firstDifference(const GeneratedText &one, const GeneratedText &other)
{
    const std::size_t both = std::min(one.tokens.size(), other.tokens.size());
    for (std::size_t token = 0; token < both; ++token) {
        if (one.tokens[token].id != other.tokens[token].id)
            return token;
    }
    const GeneratedText &shorter = one.tokens.size() < other.tokens.size() ? one : other;
    if (one.tokens.size() != other.tokens.size() && shorter.end)
        return both;
    return std::nullopt;
}

std::unique_ptr<GenerationRun> Engine::newGeneration(
    const GenerationQuestion &question, const StopToken &stop)
{
    if (!m_edited)
        throw RequestError({.what = "text is generated after a prompt that was computed before"});
    std::optional<EditedPass> edited = exactEditedPass(stop);
    if (!edited)
        return nullptr;
    auto run = std::make_unique<GenerationRun>();
    run->answer.question = question;
    run->answer.prompt = m_prompt;
    run->answer.edits = edited->snapshot->intervention;
    run->prepared = std::move(edited->prepared);
    run->baseline = makeText(*m_transformer, *m_baseline->pass, nullptr, question);
    if (edited->snapshot->pass != m_baseline->pass)
        run->edited = makeText(*m_transformer, *edited->snapshot->pass, &run->prepared, question);
    return run;
}

std::optional<GenerationAnswer> Engine::generation(const GenerationQuestion &question, const StopToken &stop)
{
    requireModel();
    if (!m_generation || !(m_generation->answer.question == question)) {
        m_generation.reset();
        m_generation = newGeneration(question, stop);
        if (!m_generation)
            return std::nullopt;
    }
    GenerationRun &run = *m_generation;
    // In turn, so that a difference shows as soon as it can.
    const bool isEditedsTurn = run.edited && !run.edited->done()
        && (run.baseline->done() || run.edited->tokens().size() < run.baseline->tokens().size());
    TextGenerator &text = isEditedsTurn ? *run.edited : *run.baseline;
    if (text.advance(stop) == WorkStatus::Cancelled)
        return std::nullopt;
    GenerationAnswer &answer = run.answer;
    answer.baseline = {run.baseline->tokens(), run.baseline->end()};
    const TextGenerator &edited = run.edited ? *run.edited : *run.baseline;
    answer.edited = {edited.tokens(), edited.end()};
    return answer;
}

void Engine::endGeneration()
{
    m_generation.reset();
}

} // namespace sinkscope
