// What pages do besides, where scripts run. Every page works without.
import { createAll, Button, ErrorSummary, Radios, Checkboxes, ServiceNavigation, NotificationBanner, SkipLink, isSupported } from "./govuk.js";

if (isSupported()) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  for (const Part of [Button, ErrorSummary, Radios, Checkboxes, ServiceNavigation, NotificationBanner, SkipLink]) createAll(Part);
}
