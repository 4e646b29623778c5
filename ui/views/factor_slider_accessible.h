// SPDX-License-Identifier: Apache-2.0
// What assistive programs are told about a factor slider.
#pragma once

namespace sinkscope::ui {

/// Makes every FactorSlider known as a slider with a value. Called by the slider; further calls do nothing.
void installSliderAccessibility();

} // namespace sinkscope::ui
