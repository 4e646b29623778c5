// SPDX-License-Identifier: Apache-2.0
// The output at any position of the last preview, and the logit lens there.
#include "core/engine/engine.h"

#include "core/base/error.h"

#include <algorithm>

namespace sinkscope {

std::optional<PositionAnswer> Engine::position(const PositionQuestion &question, const StopToken &stop)
{
    requireModel();
    if (!m_edited)
        throw RequestError({.what = "the output at a position needs a prompt that was computed before"});
    const std::optional<EditedPass> edited = exactEditedPass(stop);
    if (!edited)
        return std::nullopt;
    PositionAnswer answer;
    answer.question = question;
    const std::size_t after = question.position.asSize() + 1;
    if (question.position.value >= 0 && after < m_prompt->ids.size())
        answer.next = m_prompt->ids[after];
    if (answer.next)
        answer.followed.push_back(*answer.next);
    for (const AnswerScore &scored : m_baseline->output.answers)
        answer.followed.push_back(scored.ids.front());
    PositionRequest request;
    request.position = question.position;
    request.layers = question.layers;
    request.topCount = std::max(1, m_question.topCount);
    request.followed = answer.followed;
    request.pass = m_baseline->pass.get();
    std::optional<PositionFigures> figures = positionFigures(*m_transformer, request, stop);
    if (!figures)
        return std::nullopt;
    answer.baseline = *figures;
    if (edited->snapshot->pass != m_baseline->pass) {
        request.pass = edited->snapshot->pass.get();
        request.intervention = &edited->prepared;
        figures = positionFigures(*m_transformer, request, stop);
        if (!figures)
            return std::nullopt;
        answer.klFromBaselineNats =
            klDivergenceNats(*answer.baseline.logProbabilities, *figures->logProbabilities);
    }
    answer.edited = std::move(*figures);
    return answer;
}

} // namespace sinkscope
