// The viewing room: what the share page shows of an opened link, and the staff app of a study.
export { Room, type RoomProps, type RoomStudy } from "./room.tsx";
