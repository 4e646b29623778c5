// SPDX-License-Identifier: Apache-2.0
// Texts of the help pages.
#pragma once

#include <QtCore/QString>

namespace sinkscope::ui {

QString keysPage();
QString aboutPage();

} // namespace sinkscope::ui
