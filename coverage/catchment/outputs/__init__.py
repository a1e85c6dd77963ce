"""What a planner looks at: map, workbook, run record. Outputs draw; they never compute."""
