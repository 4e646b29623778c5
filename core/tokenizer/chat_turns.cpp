// SPDX-License-Identifier: Apache-2.0
// The marks round roles and turns, a row for each known template.
#include "core/tokenizer/chat_turns.h"

#include <algorithm>
#include <array>

namespace sinkscope {

namespace {

struct TurnMarks {
    std::string_view beforeRole;
    std::string_view afterRole;
    std::string_view end;
};

// The last row's marks are parts of the others': it is looked for last.
constexpr std::array kTurnMarks {
    TurnMarks {"<|im_start|>", "\n", "<|im_end|>"},
    TurnMarks {"<|start_header_id|>", "<|end_header_id|>\n\n", "<|eot_id|>"},
    TurnMarks {"<start_of_turn>", "\n", "<end_of_turn>"},
    TurnMarks {"<|", "|>\n", "<|end|>"},
};

bool isRole(std::string_view text)
{
    return !text.empty()
        && std::ranges::all_of(text, [](char letter) { return letter >= 'a' && letter <= 'z'; });
}

} // namespace

std::vector<ChatMessage> chatTurns(std::string_view text)
{
    for (const TurnMarks &marks : kTurnMarks) {
        std::vector<ChatMessage> turns;
        for (std::size_t from = text.find(marks.beforeRole); from != std::string_view::npos;) {
            const std::size_t role = from + marks.beforeRole.size();
            const std::size_t roleEnd = text.find(marks.afterRole, role);
            if (roleEnd == std::string_view::npos || !isRole(text.substr(role, roleEnd - role))) {
                from = text.find(marks.beforeRole, role);
                continue;
            }
            const std::size_t content = roleEnd + marks.afterRole.size();
            const std::size_t end = std::min(text.find(marks.end, content), text.size());
            turns.push_back({std::string(text.substr(role, roleEnd - role)),
                std::string(text.substr(content, end - content))});
            from = text.find(marks.beforeRole, std::min(end + marks.end.size(), text.size()));
        }
        if (!turns.empty())
            return turns;
    }
    return {};
}

} // namespace sinkscope
