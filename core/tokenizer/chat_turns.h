// SPDX-License-Identifier: Apache-2.0
// The turns of a conversation, read back from the text that a chat template wrote.
#pragma once

#include "core/tokenizer/chat_template.h"

#include <string_view>
#include <vector>

namespace sinkscope {

/// The turns of `text`, told by the marks of the known templates (chat_template.cpp), in order; the last one
/// is open where no mark ends it. Roles as the template writes them. Empty: `text` has no such marks.
std::vector<ChatMessage> chatTurns(std::string_view text);

} // namespace sinkscope
