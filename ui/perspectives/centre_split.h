// SPDX-License-Identifier: Apache-2.0
// The centre: the prompt above the head's map, with a divider that keeps its place.
#pragma once

#include "ui/panels/prompt_panel.h"
#include "ui/state/settings.h"

#include <QtWidgets/QSplitter>

namespace sinkscope::ui {

/// The prompt has room for a few lines, whatever it holds, until the divider is dragged: what is computed or
/// typed moves the map never. A double click on the divider shows the whole prompt.
/// Owner: the window. Threads: GUI thread. Validity: the settings must outlive it.
class CentreSplit : public QSplitter {
    Q_OBJECT

public:
    CentreSplit(Settings &settings, QWidget *parent);

    /// Both become children.
    void setParts(PromptPanel *prompt, QWidget *map);
    void setTheme(const Theme &theme);

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();
    void keep(int promptHeight);
    void showWholePrompt();

    Settings &m_settings;
    int m_dragged; ///< px; 0: the divider was never moved
    PromptPanel *m_prompt = nullptr;
};

} // namespace sinkscope::ui
