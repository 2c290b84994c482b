/** What pages are made of. */
export { Button, IconButton } from "./Button";
export { Canvas, type Draw } from "./Canvas";
export { Dialog } from "./Dialog";
export { Check, type Choice, Field, Select } from "./Field";
export { Icon, type IconName } from "./Icon";
export { Meter } from "./Meter";
export { type Near, NearList } from "./NearList";
export { JobProgress, Progress, stateText } from "./Progress";
export { type Tab, Tabs } from "./Tabs";
export { tell, tellProblem } from "./Toast";
export { AddLink, EmptyState, ErrorBox, Loading } from "./Told";
export { PlayButton, TrackCell } from "./TrackCell";
export { type Column, VirtualTable } from "./VirtualTable";
