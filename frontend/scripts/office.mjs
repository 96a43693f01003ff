// What pages do besides, where scripts run. Every page works without.
import { createAll, Button, Checkboxes, ErrorSummary, FileUpload, NotificationBanner, Radios, ServiceNavigation, SkipLink } from "./govuk.js";

// A browser that runs a module is one that the design system supports; its parts ask for these two words.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const Part of [Button, Checkboxes, ErrorSummary, FileUpload, NotificationBanner, Radios, ServiceNavigation, SkipLink]) createAll(Part);
